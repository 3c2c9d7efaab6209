// @ts-check
import { list, onChange } from './api.js'
import { fill, h } from './dom.js'
import { time } from './format.js'
import { attempt } from './notices.js'

/**
 * @typedef {Omit<import('./api.js').LogEntry, 'kind' | 'provider' | 'id'> & {
 *   kind: import('./api.js').LogEntry['kind'] | 'bridge',
 *   provider: import('./api.js').LogEntry['provider'] | 'mini app' }} Entry
 */

const SHOWN = 500
const KINDS = {
  all: 'Everything',
  call: 'Calls',
  delivery: 'Deliveries',
  event: 'Events',
  bridge: 'Mini App',
}

/** @type {Set<(entries: readonly Entry[]) => void>} */
const listeners = new Set()

/** @type {Map<string, number>} */
export const missingBridgeMethods = new Map()

/**
 * Notes what a Mini App asked for over the bridge.
 * @param {string} name
 * @param {unknown} request
 * @param {boolean} isKnown
 */
export function logBridge(name, request, isKnown) {
  if (!isKnown) missingBridgeMethods.set(name, (missingBridgeMethods.get(name) ?? 0) + 1)
  const error = isKnown ? {} : { error: 'The sandbox does not have this method' }
  /** @type {Entry} */
  const entry = {
    at: '',
    kind: 'bridge',
    provider: 'mini app',
    name,
    status: null,
    request,
    ...error,
  }
  tell([entry])
}

/**
 * Tells about entries as they come.
 * @param {(entries: readonly Entry[]) => void} listener
 */
export function onEntries(listener) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

let lastId = 0
/** @type {Promise<unknown>} */
let reading = Promise.resolve()

/** Reads what is new in the log; resolves when everybody has been told. */
export function readLog() {
  reading = reading.then(async () => {
    /** @type {import('./api.js').LogEntry[]} */
    const entries = (await attempt(() => list(`log?after=${lastId}`))) ?? []
    lastId = entries.at(-1)?.id ?? lastId
    if (entries.length > 0) tell(entries)
  })
  return reading
}

/** @param {readonly Entry[]} entries */
function tell(entries) {
  for (const listener of listeners) listener(entries)
}

/**
 * Lists every call, delivery and event, newest first.
 * @param {HTMLElement} panel
 */
export function startLog(panel) {
  const filter = h('input', {
    type: 'search',
    'aria-label': 'Filter the log',
    placeholder: 'Filter',
    oninput: apply,
  })
  const kind = h(
    'select',
    { 'aria-label': 'Kind of entries', onchange: apply },
    ...Object.entries(KINDS).map(([value, name]) => h('option', { value }, name)),
  )
  const rows = h('div', { class: 'rows' })
  const empty = h('p', { class: 'empty' }, 'Nothing has happened yet.')
  const clear = () => {
    fill(rows)
    apply()
  }
  fill(
    panel,
    h(
      'div',
      { class: 'bar' },
      filter,
      kind,
      h('button', { type: 'button', onclick: clear }, 'Clear'),
    ),
    empty,
    rows,
  )
  onEntries((entries) => {
    rows.prepend(...entries.map(drawEntry).reverse())
    while (rows.childElementCount > SHOWN) rows.lastElementChild?.remove()
    apply()
  })
  onChange(['log'], readLog)

  function apply() {
    const wanted = filter.value.trim().toLowerCase()
    let shown = 0
    for (const row of rows.children) {
      if (!(row instanceof HTMLElement)) continue
      const isFitting =
        (kind.value === 'all' || row.dataset['kind'] === kind.value) &&
        (row.dataset['words'] ?? '').includes(wanted)
      row.hidden = !isFitting
      if (isFitting) shown++
    }
    empty.hidden = shown > 0
    empty.textContent = rows.childElementCount ? 'Nothing fits.' : 'Nothing has happened yet.'
  }
}

/** @param {Entry} entry */
function drawEntry(entry) {
  const { at, kind, provider, name, status, ms, request, response, error } = entry
  const isBad = error !== undefined || (status !== null && status >= 400)
  const details = h(
    'details',
    {
      class: `entry${isBad ? ' bad' : ''}`,
      'data-kind': kind,
      'data-words': `${provider} ${name} ${status ?? ''} ${error ?? ''}`.toLowerCase(),
    },
    h(
      'summary',
      {},
      h('time', {}, at ? time(at, true) : ''),
      h('span', { class: `badge ${kind}` }, kind),
      h('span', { class: 'name' }, name),
      h('span', { class: 'hint' }, provider),
      h('span', { class: 'status' }, status === null ? (isBad ? '!' : '') : String(status)),
      h('span', { class: 'hint ms' }, ms === undefined ? '' : `${ms} ms`),
    ),
  )
  // Drawn when first opened: most entries never are.
  details.addEventListener(
    'toggle',
    () => {
      const parts = Object.entries({ error, request, response })
      details.append(
        ...parts
          .filter(([, value]) => value !== undefined)
          .flatMap(([part, value]) => [h('h4', {}, part), h('pre', {}, asText(value))]),
      )
    },
    { once: true },
  )
  return details
}

/** @param {unknown} value */
function asText(value) {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
}
