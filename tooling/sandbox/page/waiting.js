// @ts-check
import { list, onChange, post } from './api.js'
import { fill, h } from './dom.js'
import { attempt, toast } from './notices.js'

/** @typedef {import('./api.js').Delivery} Delivery */

const SHOWN = 20

/** Deliveries that wait, such as those that are held back; each may be sent out of its turn. */
export function waitingDeliveries() {
  const section = h('section', { 'aria-label': 'Waiting deliveries' })
  onChange(['faults', 'log', 'chat', 'yookassa', 'stripe', 'clock'], refresh)
  draw([])
  return section

  async function refresh() {
    /** @type {Delivery[]} */
    const deliveries = (await attempt(() => list('deliveries'))) ?? []
    draw(deliveries.filter(({ status }) => status === 'pending'))
  }

  /** @param {Delivery[]} waiting */
  function draw(waiting) {
    const sendAll = async () => {
      for (const delivery of waiting.toReversed()) await send(delivery)
    }
    fill(
      section,
      h('h3', {}, 'Waiting deliveries'),
      h(
        'p',
        { class: 'hint' },
        waiting.length === 0
          ? 'Nothing waits. Hold deliveries back above, then send them in any order.'
          : 'Telegram and YooKassa give up what was not taken within a day, Stripe within three.',
      ),
      h(
        'ul',
        { class: 'plain' },
        ...waiting.slice(0, SHOWN).map((delivery) =>
          h(
            'li',
            { class: 'line' },
            h('span', {}, `${delivery.provider} · ${delivery.kind} · tried ${delivery.attempts} ×`),
            h(
              'div',
              { class: 'bar' },
              button('Send now', () => send(delivery), 'small'),
            ),
          ),
        ),
      ),
      waiting.length > 1 && h('div', { class: 'bar' }, button('Send all, newest first', sendAll)),
    )
  }
}

/** @param {Delivery} delivery */
async function send({ seq, kind }) {
  const { accepted } = await post(`deliveries/${seq}/send`)
  toast(`${kind} was ${accepted ? 'accepted' : 'refused'}.`)
}

/**
 * @param {string} name
 * @param {() => Promise<unknown>} act
 * @param {string} [style]
 */
function button(name, act, style) {
  return h(
    'button',
    {
      type: 'button',
      class: style,
      onclick: (/** @type {Event} */ event) => attempt(act, { busy: event.currentTarget }),
    },
    name,
  )
}
