// @ts-check
import { get, list, onChange, post } from './api.js'
import { fill, h } from './dom.js'
import { dateTime, span, time } from './format.js'
import { onEntries, readLog } from './log.js'
import { attempt } from './notices.js'

const DAY = 86_400
const SPANS = [
  { name: 'One day later', seconds: DAY },
  { name: 'One week later', seconds: 7 * DAY },
  { name: 'One month later', seconds: 30 * DAY },
]
const UNITS = { minutes: 60, hours: 3_600, days: DAY }
const TICK_MS = 1_000

/** @typedef {import('../src/clock/clock.ts').ClockState & { platforms: string[] }} State */

/**
 * Shows the sandbox's time and moves it forward.
 * @param {HTMLElement} panel
 */
export function startClock(panel) {
  const now = h('p', { class: 'now' })
  const ahead = h('p', { class: 'hint' })
  const progress = h('progress', { 'aria-label': 'The clock moves', max: 1, hidden: true })
  const outcome = h('div', { role: 'status' })
  const amount = h('input', {
    type: 'number',
    'aria-label': 'How long',
    value: 3,
    min: 1,
    required: true,
  })
  const unit = h(
    'select',
    { 'aria-label': 'Unit' },
    ...Object.keys(UNITS).map((name) => h('option', { selected: name === 'days' }, name)),
  )
  const buttons = SPANS.map(({ name, seconds }) =>
    h('button', { type: 'button', onclick: () => advance(name, seconds) }, name),
  )
  const custom = h(
    'form',
    { class: 'bar', onsubmit: advanceCustom },
    amount,
    unit,
    h('button', { type: 'submit' }, 'Move on'),
  )
  fill(panel, now, ahead, h('div', { class: 'bar' }, ...buttons), custom, progress, outcome)

  /** @type {State | undefined} */
  let state
  let readAt = 0
  /** @type {{ from: number, to: number } | undefined} */
  let move

  onChange(['clock'], read)
  setInterval(draw, TICK_MS)

  async function read() {
    state = await attempt(() => get('clock'))
    readAt = performance.now()
    draw()
  }

  function instant() {
    if (!state) return 0
    return Date.parse(state.now) + (state.frozen ? 0 : performance.now() - readAt)
  }

  function draw() {
    if (!state) return
    const { offsetMs, platforms } = state
    const iso = new Date(instant()).toISOString()
    fill(now, dateTime(iso), h('span', { class: 'hint' }, ` ${time(iso, true).slice(-3)}`))
    const lead =
      offsetMs > 60_000 ? `${span(offsetMs)} ahead of this machine` : 'As on this machine'
    ahead.textContent = `${lead}. Platforms that follow: ${platforms.length}.`
    if (move) progress.value = (instant() - move.from) / (move.to - move.from)
  }

  /** @param {SubmitEvent} event */
  function advanceCustom(event) {
    event.preventDefault()
    const factor = UNITS[/** @type {keyof typeof UNITS} */ (unit.value)]
    void advance(`${amount.value} ${unit.value} later`, amount.valueAsNumber * factor)
  }

  /**
   * @param {string} name
   * @param {number} seconds
   */
  async function advance(name, seconds) {
    const from = instant()
    /** @type {string[]} */
    const happened = []
    const stop = onEntries((entries) => {
      happened.push(...entries.filter(({ kind }) => kind !== 'bridge').map(describe))
      fill(outcome, h('p', {}, 'The clock moves …'), drawHappened(happened))
    })
    setMoving({ from, to: from + seconds * 1_000 })
    fill(outcome, h('p', {}, 'The clock moves …'))
    const result = await attempt(() => post('clock/advance', { seconds }))
    await Promise.all([read(), readLog()])
    stop()
    setMoving(undefined)
    if (!result) return fill(outcome)
    const paid = (await attempt(() => paymentsSince(from))) ?? []
    const stops = `${result.steps} stop${result.steps === 1 ? '' : 's'}`
    fill(
      outcome,
      h('p', {}, `${name}: it is ${dateTime(result.now)}, after ${stops} on the way.`),
      drawHappened(paid),
      drawHappened(happened),
      paid.length + happened.length === 0 && h('p', { class: 'hint' }, 'Nothing was due.'),
    )
  }

  /** @param {{ from: number, to: number } | undefined} next */
  function setMoving(next) {
    move = next
    progress.hidden = !next
    for (const element of [...buttons, ...custom.elements]) {
      element.toggleAttribute('disabled', next !== undefined)
    }
  }
}

/** @param {number} from in ms since 1970 */
async function paymentsSince(from) {
  /** @type {import('./api.js').Transaction[]} */
  const transactions = await list('transactions')
  return transactions
    .filter(({ at }) => Date.parse(at) > from)
    .map(({ provider, kind, amount, currency }) => `${provider}: ${kind} of ${amount} ${currency}`)
}

/** @param {import('./log.js').Entry} entry */
function describe({ kind, provider, name, error }) {
  return `${provider} ${kind}: ${name}${error ? ` (${error})` : ''}`
}

/** @param {readonly string[]} happened */
function drawHappened(happened) {
  /** @type {Map<string, number>} */
  const times = new Map()
  for (const line of happened) times.set(line, (times.get(line) ?? 0) + 1)
  return h(
    'ul',
    { class: 'plain' },
    ...[...times].map(([line, count]) =>
      h('li', {}, line, count > 1 ? h('span', { class: 'hint' }, ` × ${count}`) : null),
    ),
  )
}
