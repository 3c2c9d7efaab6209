// @ts-check
import { get, onChange, post } from './api.js'
import { fill, h } from './dom.js'
import { dateTime, span, time } from './format.js'
import { onEntries } from './log.js'
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

  function draw() {
    if (!state) return
    const { frozen, offsetMs, platforms } = state
    const instant = Date.parse(state.now) + (frozen ? 0 : performance.now() - readAt)
    const iso = new Date(instant).toISOString()
    fill(now, dateTime(iso), h('span', { class: 'hint' }, ` ${time(iso, true).slice(-3)}`))
    const followers = `${platforms.length} platform${platforms.length === 1 ? '' : 's'} follow${platforms.length === 1 ? 's' : ''} it.`
    const lead =
      offsetMs > 60_000 ? `${span(offsetMs)} ahead of this machine` : 'As on this machine'
    ahead.textContent = `${lead}. ${followers}`
    if (move) progress.value = (instant - move.from) / (move.to - move.from)
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
    /** @type {Map<string, number>} */
    const happened = new Map()
    const stop = onEntries((entries) => {
      for (const { kind, provider, name: what, error } of entries) {
        if (kind === 'bridge') continue
        const line = `${provider} ${kind}: ${what}${error ? ` (${error})` : ''}`
        happened.set(line, (happened.get(line) ?? 0) + 1)
      }
      fill(outcome, h('p', {}, 'The clock moves …'), drawHappened(happened))
    })
    setMoving(seconds)
    fill(outcome, h('p', {}, 'The clock moves …'))
    const result = await attempt(() => post('clock/advance', { seconds }))
    setMoving(0)
    await read()
    stop()
    if (!result) return fill(outcome)
    const stops = `${result.steps} stop${result.steps === 1 ? '' : 's'}`
    fill(
      outcome,
      h('p', {}, `${name}: it is ${dateTime(result.now)}, after ${stops} on the way.`),
      happened.size === 0 ? h('p', { class: 'hint' }, 'Nothing was due.') : drawHappened(happened),
    )
  }

  /** @param {number} seconds zero when the clock has arrived */
  function setMoving(seconds) {
    const from = Date.parse(state?.now ?? '')
    move = seconds > 0 ? { from, to: from + seconds * 1_000 } : undefined
    progress.hidden = !move
    for (const element of [...buttons, ...custom.elements]) {
      element.toggleAttribute('disabled', seconds > 0)
    }
  }
}

/** @param {Map<string, number>} happened */
function drawHappened(happened) {
  return h(
    'ul',
    { class: 'plain' },
    ...[...happened].map(([line, times]) =>
      h('li', {}, line, times > 1 ? h('span', { class: 'hint' }, ` × ${times}`) : null),
    ),
  )
}
