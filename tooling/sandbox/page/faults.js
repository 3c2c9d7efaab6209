// @ts-check
import { list, onChange, post, remove } from './api.js'
import { fill, h } from './dom.js'
import { attempt, toast } from './notices.js'
import { onSession, session } from './session.js'
import { waitingDeliveries } from './waiting.js'

/**
 * @typedef {import('./api.js').Fault} Fault
 * @typedef {'telegram' | 'yookassa' | 'stripe' | 'mail'} Provider
 * @typedef {{ name: string, kind: Fault['kind'], fields?: object }} Switch
 */

/** @type {Switch[]} */
const COMMON = [
  {
    name: 'Too many requests (429, retry after 1 s)',
    kind: 'rate_limit',
    fields: { retry_after: 1 },
  },
  { name: 'Server error, nothing done', kind: 'error', fields: { effect: 'not_done' } },
  { name: 'Server error, but done', kind: 'error', fields: { effect: 'done' } },
  { name: 'Answer lost, but done', kind: 'drop', fields: { effect: 'done' } },
  { name: 'Answer lost, nothing done', kind: 'drop', fields: { effect: 'not_done' } },
  { name: 'Key not known (401)', kind: 'refused', fields: { status: 401 } },
  { name: 'Not allowed (403)', kind: 'refused', fields: { status: 403 } },
  { name: 'Slow: 3 s', kind: 'latency', fields: { delay_ms: 3_000 } },
  { name: 'Deliveries are held back', kind: 'hold' },
]

/** @type {Record<Provider, { title: string, switches: Switch[] }>} */
const PROVIDERS = {
  telegram: {
    title: 'Telegram',
    switches: [...COMMON, { name: 'The customer has blocked the bot', kind: 'blocked' }],
  },
  yookassa: {
    title: 'YooKassa',
    switches: [
      ...COMMON,
      { name: 'Saved card is declined', kind: 'decline' },
      { name: 'Charge stays pending for a minute', kind: 'pending' },
      { name: 'The receipt is not registered', kind: 'reject_receipt' },
    ],
  },
  stripe: {
    title: 'Stripe',
    switches: [
      ...COMMON,
      {
        name: 'Saved card is declined',
        kind: 'decline',
        fields: { reason: 'insufficient_funds' },
      },
      {
        name: 'Saved card needs its owner (3-D Secure)',
        kind: 'decline',
        fields: { reason: 'authentication_required' },
      },
      { name: 'Charge or refund stays pending for a minute', kind: 'pending' },
    ],
  },
  mail: {
    title: 'Mail',
    switches: [
      { name: 'Try again later (451)', kind: 'error', fields: { effect: 'not_done' } },
      { name: 'Try again later (451), but taken', kind: 'error', fields: { effect: 'done' } },
      { name: 'No such mailbox (550)', kind: 'refused' },
      { name: 'Slow: 3 s', kind: 'latency', fields: { delay_ms: 3_000 } },
    ],
  },
}

/**
 * Switches that make the providers misbehave.
 * @param {HTMLElement} panel
 * @param {(count: number) => void} onCount
 */
export function startFaults(panel, onCount) {
  const times = h('input', { type: 'number', min: 1, value: 1, placeholder: 'until turned off' })
  const method = h('input', { type: 'text', placeholder: 'all', autocomplete: 'off' })
  const clear = h(
    'button',
    { type: 'button', onclick: () => attempt(() => remove('faults')) },
    'Clear all faults',
  )
  const switches = h('div')
  fill(
    panel,
    h(
      'div',
      { class: 'bar' },
      h('label', {}, 'How many calls', times),
      h('label', {}, 'Only method', method),
      clear,
    ),
    h('p', { class: 'hint' }, 'Leave the number empty to keep a switch on until you turn it off.'),
    switches,
    waitingDeliveries(),
    redelivery(),
  )
  // A switch goes off by itself once its calls are hit, which the log tells.
  onChange(['faults', 'log'], refresh)
  onSession((isOther) => isOther && draw())

  /** @type {Fault[]} */
  let faults = []

  async function refresh() {
    const before = JSON.stringify(faults)
    faults = (await attempt(() => list('faults'))) ?? []
    if (switches.childElementCount === 0 || JSON.stringify(faults) !== before) draw()
  }

  function draw() {
    onCount(faults.length)
    clear.disabled = faults.length === 0
    fill(
      switches,
      drawProvider('telegram'),
      drawProvider('yookassa'),
      drawProvider('stripe'),
      drawProvider('mail'),
    )
  }

  /** @param {Provider} target */
  function drawProvider(target) {
    const { title, switches } = PROVIDERS[target]
    return h(
      'section',
      { 'aria-label': `Faults of ${title}` },
      h('h3', {}, title),
      ...switches.map((each) => drawSwitch(target, each)),
    )
  }

  /**
   * @param {Provider} target
   * @param {Switch} each
   */
  function drawSwitch(target, { name, kind, fields = {} }) {
    const on = faults.filter((fault) => fault.target === target && fits(fault, { kind, ...fields }))
    const isOn = on.length > 0
    const turn = () =>
      isOn
        ? Promise.all(on.map(({ id }) => remove(`faults/${id}`)))
        : post('faults', {
            target,
            kind,
            ...fields,
            ...(kind === 'blocked' ? { user_id: session.customer?.id } : {}),
            ...(method.value && kind !== 'blocked' ? { method: method.value.trim() } : {}),
            times:
              kind === 'hold' || Number.isNaN(times.valueAsNumber) ? null : times.valueAsNumber,
          })
    return h(
      'button',
      {
        type: 'button',
        role: 'switch',
        'aria-checked': isOn,
        'aria-label': name,
        class: 'switch',
        onclick: (/** @type {Event} */ event) => attempt(turn, { busy: event.currentTarget }),
      },
      h('span', {}, name),
      h('span', { class: 'hint' }, on.map(describe).join(', ')),
      h('span', { class: 'track', 'aria-hidden': 'true' }),
    )
  }
}

/**
 * @param {object} fault
 * @param {object} wanted
 */
function fits(fault, wanted) {
  const known = new Map(Object.entries(fault))
  return Object.entries(wanted).every(([name, value]) => known.get(name) === value)
}

/** @param {Fault} fault */
function describe({ times, method }) {
  return `${times === null ? 'until turned off' : `${times} left`}${method ? ` · ${method}` : ''}`
}

function redelivery() {
  const provider = h(
    'select',
    { 'aria-label': 'Deliveries of' },
    h('option', { value: 'telegram' }, 'Telegram'),
    h('option', { value: 'yookassa' }, 'YooKassa'),
    h('option', { value: 'stripe' }, 'Stripe'),
  )
  const times = h('input', { type: 'number', 'aria-label': 'Times', min: 1, max: 100, value: 1 })
  const shuffle = h('input', { type: 'checkbox' })
  const deliver = async () => {
    const { sent, accepted } = await post('redeliver', {
      provider: provider.value,
      times: times.valueAsNumber || 1,
      shuffle: shuffle.checked,
    })
    toast(`Delivered ${sent} again, ${accepted} were accepted.`)
  }
  return h(
    'section',
    { 'aria-label': 'Redelivery' },
    h('h3', {}, 'Deliver everything again'),
    h(
      'div',
      { class: 'bar' },
      provider,
      times,
      h('label', { class: 'check' }, shuffle, 'in any order'),
      h(
        'button',
        {
          type: 'button',
          onclick: (/** @type {Event} */ event) => attempt(deliver, { busy: event.currentTarget }),
        },
        'Deliver again',
      ),
    ),
  )
}
