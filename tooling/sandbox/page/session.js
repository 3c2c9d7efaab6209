// @ts-check
import { list, onChange } from './api.js'
import { attempt } from './notices.js'

/**
 * @typedef {import('./api.js').Customer} Customer
 * @typedef {import('./api.js').Bot} Bot
 */

/** Who plays with which bot. */
export const session = {
  /** @type {Customer[]} */
  customers: [],
  /** @type {Customer | undefined} */
  customer: undefined,
  /** @type {Bot[]} */
  bots: [],
  /** @type {Bot | undefined} */
  bot: undefined,
}

/** @type {Set<(isOther: boolean) => void>} */
const listeners = new Set()

/**
 * Tells when the customers, the bots or the choice of them changed.
 * @param {(isOther: boolean) => void} listener hears whether another customer or bot plays now
 */
export function onSession(listener) {
  listeners.add(listener)
}

/**
 * Plays another customer, or with another bot; the address of the page remembers it.
 * @param {'user' | 'bot'} role
 * @param {number} id
 */
export function play(role, id) {
  const url = new URL(window.location.href)
  url.searchParams.set(role, String(id))
  window.history.pushState(null, '', url)
  choose()
}

/** Reads customers and bots now and whenever they change. */
export function startSession() {
  onChange(['users', 'stars', 'bots'], () => void attempt(load))
  window.addEventListener('popstate', choose)
}

/** Reads customers and bots. */
export async function load() {
  const [customers, bots] = await Promise.all([list('users'), list('bots')])
  Object.assign(session, { customers, bots })
  choose()
}

function choose() {
  const wanted = new URL(window.location.href).searchParams
  const { customers, bots } = session
  const customer = customers.find(({ id }) => String(id) === wanted.get('user')) ?? customers[0]
  const bot = bots.find(({ id }) => String(id) === wanted.get('bot')) ?? bots[0]
  const isOther = customer?.id !== session.customer?.id || bot?.id !== session.bot?.id
  Object.assign(session, { customer, bot })
  for (const listener of listeners) listener(isOther)
}
