// @ts-check

/**
 * @typedef {import('../src/telegram/users.ts').Customer} Customer
 * @typedef {import('../src/telegram/invoices.ts').Invoice} Invoice
 * @typedef {import('../src/activity.ts').LogEntry} LogEntry
 * @typedef {import('../src/activity.ts').Topic} Topic
 * @typedef {import('../src/control/transactions.ts').Transaction} Transaction
 * @typedef {import('../src/control/user-control.ts').Wallet} Wallet
 * @typedef {import('../src/control/user-control.ts').ChatMessage} ChatMessage
 * @typedef {import('../src/faults.ts').StoredFault} Fault
 * @typedef {import('../src/control/sandbox-control.ts').ListedDelivery} Delivery
 * @typedef {import('../src/mail/mailbox.ts').ReceivedMail} Mail
 * @typedef {import('../src/yookassa/objects.ts').Payment} YookassaPayment
 * @typedef {import('../src/control/sandbox-control.ts').ShopReceipt} YookassaReceipt
 * @typedef {import('../src/stripe/objects.ts').Dispute} StripeDispute
 * @typedef {import('../src/control/sandbox-control.ts').ShownSession} StripeSession
 * @typedef {import('../src/stripe/objects.ts').PaymentIntent} StripePayment
 * @typedef {import('@grammyjs/types').InlineKeyboardButton} InlineKeyboardButton
 * @typedef {{ id: number, username: string, name: string, miniAppUrl: string | null, stars: number,
 *   commands: { command: string, description: string }[],
 *   menuButton: import('@grammyjs/types').MenuButton }} Bot
 */

const base = new URL('./api/', import.meta.url)

/** An answer that refuses, or none at all. */
export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {number | null} status null when there was no answer
   */
  constructor(message, status) {
    super(message)
    this.status = status
  }
}

/**
 * Reads from the control API.
 * @param {string} path
 */
export function get(path) {
  return call('GET', path)
}

/**
 * Reads a list from the control API.
 * @param {string} path
 * @returns {Promise<any[]>}
 */
export async function list(path) {
  return (await call('GET', path)).items
}

/**
 * Asks the control API to do something.
 * @param {string} path
 * @param {object} [body]
 */
export function post(path, body = {}) {
  return call('POST', path, body)
}

/**
 * Removes something through the control API.
 * @param {string} path
 */
export function remove(path) {
  return call('DELETE', path)
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>}
 */
async function call(method, path, body) {
  let response
  try {
    response = await fetch(new URL(path, base), {
      method,
      ...(body
        ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
        : {}),
    })
  } catch {
    throw new ApiError('The sandbox is not reachable.', null)
  }
  const text = await response.text()
  const answer = parse(text)
  if (response.ok) return answer
  throw new ApiError(reason(answer) ?? `The sandbox answered ${response.status}.`, response.status)
}

/** @type {Map<string, Set<() => void>>} */
const listeners = new Map()

/**
 * Calls a function once the sandbox is reached, and whenever one of these topics changes.
 * @param {readonly Topic[]} topics
 * @param {() => void} listener
 */
export function onChange(topics, listener) {
  for (const topic of topics) {
    const set = listeners.get(topic) ?? new Set()
    listeners.set(topic, set.add(listener))
  }
}

const RECONNECT_MS = 2_000

/**
 * Follows the sandbox's stream of changes for as long as the page is open.
 * @param {(isReachable: boolean) => void} onReachable
 */
export function follow(onReachable) {
  const stream = new EventSource(new URL('stream', base))
  stream.onopen = () => {
    onReachable(true)
    // Whatever changed while nobody listened.
    for (const listener of new Set([...listeners.values()].flatMap((set) => [...set]))) listener()
  }
  stream.onmessage = ({ data }) => {
    const topic = parse(data)?.topic
    if (typeof topic !== 'string') return
    pending.add(topic)
    if (pending.size === 1) requestAnimationFrame(tell)
  }
  stream.onerror = () => {
    onReachable(false)
    if (stream.readyState === EventSource.CLOSED)
      setTimeout(() => follow(onReachable), RECONNECT_MS)
  }
}

/** @type {Set<string>} */
const pending = new Set()

function tell() {
  const changed = new Set([...pending].flatMap((topic) => [...(listeners.get(topic) ?? [])]))
  pending.clear()
  for (const listener of changed) listener()
}

/** @param {any} answer */
function reason(answer) {
  return typeof answer?.detail === 'string' ? answer.detail : undefined
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
