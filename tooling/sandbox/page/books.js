// @ts-check
import { get, list, onChange, post } from './api.js'
import { fill, h } from './dom.js'
import { dateTime, money, stars } from './format.js'
import { attempt } from './notices.js'
import { action, row, section } from './rows.js'
import { session } from './session.js'
import { drawDisputes, drawSessions, stripeBooks } from './stripe-books.js'

/**
 * @typedef {import('./api.js').Transaction} Transaction
 * @typedef {import('./api.js').Wallet} Wallet
 * @typedef {import('./api.js').YookassaPayment} YookassaPayment
 * @typedef {import('./api.js').YookassaReceipt} YookassaReceipt
 */

const DONE = {
  payment: 'Payment',
  refund: 'Refund',
  chargeback: 'Chargeback',
}

const REGISTRATION = {
  pending: 'waits to be registered',
  succeeded: 'registered',
  canceled: 'rejected',
}

/**
 * Shows the providers' books, with what a customer, a bank or an app store can do to them.
 * @param {HTMLElement} panel
 */
export function startBooks(panel) {
  onChange(['stars', 'yookassa', 'stripe', 'users', 'clock'], refresh)
  let asked = 0

  async function refresh() {
    const turn = ++asked
    const books = await attempt(async () => {
      const [transactions, payments, receipts, stripe, customers] = await Promise.all([
        list('transactions'),
        list('yookassa/payments'),
        list('yookassa/receipts'),
        stripeBooks(),
        list('users'),
      ])
      /** @type {Wallet[]} */
      const wallets = await Promise.all(customers.map(({ id }) => get(`users/${id}`)))
      return { transactions, payments, receipts, stripe, wallets }
    })
    if (!books || turn !== asked) return
    fill(
      panel,
      drawStars(books.transactions.filter(({ currency }) => currency === 'XTR')),
      drawSubscriptions(books.wallets),
      drawPayments(books.payments),
      drawReceipts(books.receipts),
      drawMoved('YooKassa', books.transactions),
      drawSessions(books.stripe.sessions),
      drawDisputes(books.stripe),
      drawMoved('Stripe', books.transactions),
    )
  }
}

/** @param {readonly Transaction[]} transactions */
function drawStars(transactions) {
  const returned = new Set(
    transactions.filter(({ kind }) => kind !== 'payment').map(({ payment_id }) => payment_id),
  )
  return section(
    'Stars',
    totals(transactions),
    'No Stars have been paid yet.',
    transactions.toReversed().map((transaction) => {
      const { id, kind, amount, at, user_id, payload } = transaction
      const chargeBack = () => post(`users/${user_id}/chargeback`, { charge_id: id })
      return row(
        `${nameOf(user_id)} · ${DONE[kind]}`,
        `${kind === 'payment' ? '' : '−'}${stars(Number(amount))}`,
        `${dateTime(at)} · ${payload ?? ''}`,
        kind === 'payment' && !returned.has(id) ? [action('Charge back', chargeBack)] : [],
      )
    }),
  )
}

/** @param {readonly Wallet[]} wallets */
function drawSubscriptions(wallets) {
  const all = wallets.flatMap((wallet) =>
    wallet.subscriptions.map((subscription) => ({ wallet, subscription })),
  )
  return section(
    'Stars subscriptions',
    [],
    'Nobody has subscribed yet.',
    all.toReversed().map(({ wallet, subscription }) => {
      const { id, state, isBarred, title, amount, until } = subscription
      const can = { cancel: state === 'active', resume: state === 'canceled' || state === 'failed' }
      const path = `users/${wallet.id}/subscriptions/${id}`
      return row(
        `${wallet.first_name} · ${title}`,
        `${stars(amount)} / 30 d`,
        `${state}${isBarred ? ', ended by the bot' : ''} · paid until ${dateTime(until)}`,
        [
          can.cancel && action('Cancel subscription', () => post(`${path}/cancel`)),
          can.resume && !isBarred && action('Resume subscription', () => post(`${path}/resume`)),
        ],
      )
    }),
  )
}

/** @param {readonly YookassaPayment[]} payments */
function drawPayments(payments) {
  return section(
    'YooKassa payments',
    [],
    'No payment has been made at YooKassa yet.',
    payments.toReversed().map((payment) => {
      const { id, status, amount, description, created_at, refunded_amount, confirmation } = payment
      const isOpen = status === 'pending'
      const path = `yookassa/payments/${id}`
      const wasReturned = Number(refunded_amount?.value ?? 0) > 0
      const reason = payment.cancellation_details?.reason
      return row(
        description ?? id,
        money(amount),
        [
          status.replaceAll('_', ' ') + (reason ? ` (${reason.replaceAll('_', ' ')})` : ''),
          wasReturned && `refunded ${money(refunded_amount)}`,
          dateTime(created_at),
        ]
          .filter(Boolean)
          .join(' · '),
        [
          isOpen && action('Succeed', () => post(`${path}/succeed`)),
          isOpen && action('Decline', () => post(`${path}/decline`)),
          (isOpen || status === 'waiting_for_capture') &&
            action('Expire', () => post(`${path}/expire`)),
          isOpen && confirmation
            ? h(
                'a',
                { href: confirmation.confirmation_url, target: '_blank', rel: 'noopener' },
                'Payment page',
              )
            : null,
        ],
      )
    }),
  )
}

/** @param {readonly YookassaReceipt[]} receipts */
function drawReceipts(receipts) {
  return section(
    'YooKassa receipts',
    [],
    'No receipt has been made yet.',
    receipts.toReversed().map((receipt) => {
      const { type, status, items, customer, settlements, fiscal_document_number } = receipt
      const kind = settlements ? 'Settlement' : type === 'refund' ? 'Refund' : 'Sale'
      const minor = items.reduce(
        (total, { amount, quantity }) => total + Math.round(Number(amount.value) * 100 * quantity),
        0,
      )
      return row(
        `${kind} · ${items.map(({ description }) => description).join(', ')}`,
        `${(minor / 100).toFixed(2)} ${items[0]?.amount.currency ?? ''}`,
        [
          REGISTRATION[status] + (fiscal_document_number ? ` as ${fiscal_document_number}` : ''),
          items.map(({ payment_mode }) => payment_mode?.replaceAll('_', ' ')).join(', '),
          `to ${customer.email ?? customer.phone}`,
        ]
          .filter(Boolean)
          .join(' · '),
        [],
      )
    }),
  )
}

/**
 * @param {string} name
 * @param {readonly Transaction[]} all
 */
function drawMoved(name, all) {
  const transactions = all.filter(({ provider }) => provider === name.toLowerCase())
  return section(
    `${name} transactions`,
    totals(transactions),
    `No money has moved at ${name} yet.`,
    transactions
      .toReversed()
      .map(({ id, kind, amount, currency, at }) =>
        row(
          DONE[kind],
          `${kind === 'payment' ? '' : '−'}${money({ value: amount, currency })}`,
          `${dateTime(at)} · ${id}`,
          [],
        ),
      ),
  )
}

/**
 * What came in, what went out and what is left, for each currency.
 * @param {readonly Transaction[]} transactions
 */
function totals(transactions) {
  const currencies = [...new Set(transactions.map(({ currency }) => currency))]
  return currencies.map((currency) => {
    const mine = transactions.filter((transaction) => transaction.currency === currency)
    const income = sum(mine.filter(({ kind }) => kind === 'payment'))
    const outgo = sum(mine.filter(({ kind }) => kind !== 'payment'))
    const show = (/** @type {number} */ minor) =>
      currency === 'XTR' ? stars(minor / 100) : `${(minor / 100).toFixed(2)} ${currency}`
    return `In ${show(income)} · out ${show(outgo)} · left ${show(income - outgo)}`
  })
}

/** @param {readonly Transaction[]} transactions */
function sum(transactions) {
  return transactions.reduce((total, { amount }) => total + Math.round(Number(amount) * 100), 0)
}

/** @param {number | null} id */
function nameOf(id) {
  return session.customers.find((customer) => customer.id === id)?.first_name ?? 'Somebody'
}
