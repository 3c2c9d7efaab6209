// @ts-check
import { list, onChange } from './api.js'
import { fill, h } from './dom.js'
import { dateTime, time } from './format.js'
import { attempt } from './notices.js'

/** @typedef {import('./api.js').Mail} Mail */

/**
 * The mailboxes of everybody, newest mail first.
 * @param {HTMLElement} panel
 */
export function startMail(panel) {
  const filter = h('input', {
    type: 'search',
    'aria-label': 'Only mail for',
    placeholder: 'Only mail for an address',
    oninput: apply,
  })
  const rows = h('div', { class: 'rows' })
  const empty = h('p', { class: 'empty' })
  fill(panel, h('div', { class: 'bar' }, filter), empty, rows)
  onChange(['mail'], refresh)

  /** @type {Set<string>} */
  const drawn = new Set()

  async function refresh() {
    /** @type {Mail[]} */
    const mails = (await attempt(() => list('mail'))) ?? []
    // What is there already stays as it is: somebody may be reading it.
    const fresh = mails.filter(({ id }) => !drawn.has(id))
    for (const { id } of fresh) drawn.add(id)
    rows.prepend(...fresh.map(drawMail).reverse())
    apply()
  }

  function apply() {
    const wanted = filter.value.trim().toLowerCase()
    let shown = 0
    for (const row of rows.children) {
      if (!(row instanceof HTMLElement)) continue
      row.hidden = !(row.dataset['to'] ?? '').includes(wanted)
      if (!row.hidden) shown++
    }
    empty.hidden = shown > 0
    empty.textContent = drawn.size > 0 ? 'No mail for this address.' : 'No mail has been sent yet.'
  }
}

/** @param {Mail} mail */
function drawMail({ at, to, from, subject, text }) {
  return h(
    'details',
    { class: 'entry mail', 'data-to': to },
    h(
      'summary',
      {},
      h('time', { datetime: at }, time(at)),
      h('span', { class: 'name' }, subject || 'No subject'),
      h('span', { class: 'hint to' }, to),
    ),
    h('p', { class: 'hint' }, `From ${from} to ${to}, ${dateTime(at)}`),
    h('p', { class: 'letter' }, ...words(text)),
  )
}

/**
 * Text in which links can be followed.
 * @param {string} text
 */
function words(text) {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part, index) =>
      index % 2 === 0 ? part : h('a', { href: part, target: '_blank', rel: 'noopener' }, part),
    )
}
