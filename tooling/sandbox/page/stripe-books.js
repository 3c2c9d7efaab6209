// @ts-check
import { list, post } from './api.js'
import { h } from './dom.js'
import { dateTime, money } from './format.js'
import { action, row, section } from './rows.js'

/**
 * @typedef {import('./api.js').StripeDispute} StripeDispute
 * @typedef {import('./api.js').StripePayment} StripePayment
 * @typedef {import('./api.js').StripeSession} StripeSession
 */

/** Reads what Stripe has of people who pay. */
export async function stripeBooks() {
  const [sessions, payments, disputes] = await Promise.all([
    list('stripe/sessions'),
    list('stripe/payment_intents'),
    list('stripe/disputes'),
  ])
  return { sessions, payments, disputes }
}

/**
 * The pages on which people pay, with what they can do there.
 * @param {readonly StripeSession[]} sessions
 */
export function drawSessions(sessions) {
  return section(
    'Stripe payment pages',
    [],
    'No payment page has been opened at Stripe yet.',
    sessions.toReversed().map((session) => {
      const { id, title, status, payment_status, amount_total, currency, created, url } = session
      const isOpen = status === 'open'
      const path = `stripe/sessions/${id}`
      return row(
        title,
        minor(amount_total, currency),
        `${status === 'complete' ? payment_status : status} · ${dateTime(created)}`,
        [
          isOpen && action('Pay', () => post(`${path}/pay`)),
          isOpen && action('Decline', () => post(`${path}/decline`)),
          isOpen && action('Expire', () => post(`${path}/expire`)),
          isOpen && url
            ? h('a', { href: url, target: '_blank', rel: 'noopener' }, 'Payment page')
            : null,
        ],
      )
    }),
  )
}

/**
 * What can be disputed and what is, with what a bank does about it.
 * @param {{ payments: readonly StripePayment[], disputes: readonly StripeDispute[] }} books
 */
export function drawDisputes({ payments, disputes }) {
  const disputed = new Set(disputes.map(({ payment_intent }) => payment_intent))
  const paid = payments.filter(({ id, status }) => status === 'succeeded' && !disputed.has(id))
  return section('Stripe payments and disputes', [], 'Nobody has paid by Stripe yet.', [
    ...disputes.toReversed().map((dispute) => {
      const { id, status, amount, currency, reason, created } = dispute
      const close = (/** @type {string} */ decision) =>
        action(`Dispute ${decision}`, () =>
          post(`stripe/disputes/${id}/close`, { status: decision }),
        )
      return row(
        `Dispute · ${reason}`,
        minor(amount, currency),
        `${status.replaceAll('_', ' ')} · ${dateTime(created)}`,
        status === 'won' || status === 'lost' ? [] : [close('won'), close('lost')],
      )
    }),
    ...paid
      .toReversed()
      .map(({ id, description, amount_received, currency, created }) =>
        row(description ?? id, minor(amount_received, currency), `paid · ${dateTime(created)}`, [
          action('Dispute', () => post(`stripe/payment_intents/${id}/dispute`)),
        ]),
      ),
  ])
}

/**
 * An amount in the smallest unit of its currency, as Stripe keeps it.
 * @param {number} amount
 * @param {string} currency
 */
function minor(amount, currency) {
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency: currency.toUpperCase(),
  })
  const { maximumFractionDigits: digits = 2 } = format.resolvedOptions()
  return money({ value: (amount / 10 ** digits).toFixed(digits), currency: currency.toUpperCase() })
}
