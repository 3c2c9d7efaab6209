import type { SandboxContext } from '../context.ts'
import { formatMinor } from '../stripe/currencies.ts'
import type { BalanceTransaction } from '../stripe/objects.ts'
import type { Stripe } from '../stripe/stripe.ts'
import type { Telegram } from '../telegram/telegram.ts'
import type { Yookassa } from '../yookassa/yookassa.ts'

/** Whose books there are. */
export const TRANSACTION_PROVIDERS = ['telegram-stars', 'yookassa', 'stripe'] as const

/** One movement of money in a provider's books. */
export interface Transaction {
  readonly provider: (typeof TRANSACTION_PROVIDERS)[number]
  /** The charge or payment; a refund has its own id, in Stars the charge's. */
  readonly id: string
  readonly kind: 'payment' | 'refund' | 'chargeback'
  /** Stars, or a decimal text. */
  readonly amount: string
  readonly currency: string
  readonly at: string
  /** The payment that a refund gives back. */
  readonly payment_id: string
  readonly user_id: number | null
  /** The bot, shop or account. */
  readonly account: string
  readonly payload: string | null
  readonly metadata: Readonly<Record<string, string | null>> | null
}

/** The books: every charge and refund, oldest first. */
export function transactionsOf(
  context: SandboxContext,
  { telegram, yookassa, stripe }: { telegram: Telegram; yookassa: Yookassa; stripe: Stripe },
  only?: Transaction['provider'],
): Transaction[] {
  const all = {
    'telegram-stars': () => starTransactions(telegram),
    yookassa: () => shopTransactions(context, yookassa),
    stripe: () => stripeTransactions(context, stripe),
  }
  return TRANSACTION_PROVIDERS.filter((provider) => only === undefined || provider === only)
    .flatMap((provider) => all[provider]())
    .sort((a, b) => a.at.localeCompare(b.at))
}

function starTransactions({ stars }: Telegram): Transaction[] {
  return stars.books().map((entry) => ({
    provider: 'telegram-stars',
    id: entry.chargeId,
    kind: entry.kind,
    amount: String(entry.amount),
    currency: 'XTR',
    at: new Date(entry.date * 1_000).toISOString(),
    payment_id: entry.chargeId,
    user_id: entry.userId,
    account: String(entry.botId),
    payload: entry.payload,
    metadata: null,
  }))
}

function shopTransactions({ shops }: SandboxContext, yookassa: Yookassa): Transaction[] {
  const base = { provider: 'yookassa', user_id: null, payload: null } as const
  return shops.flatMap(({ shopId: account }) => {
    const payments = yookassa.payments
      .entries(account)
      .filter(({ value }) => value.status === 'succeeded')
      .map(({ value: { id, amount, captured_at, created_at, metadata } }): Transaction => {
        const at = captured_at ?? created_at
        const { value, currency } = amount
        return {
          ...base,
          id,
          kind: 'payment',
          amount: value,
          currency,
          at,
          payment_id: id,
          account,
          metadata,
        }
      })
    const refunds = yookassa.refunds
      .entries(account)
      .filter(({ value }) => value.status === 'succeeded')
      .map(({ value: { id, amount, created_at, payment_id, metadata = null } }): Transaction => {
        const { value, currency } = amount
        return {
          ...base,
          id,
          kind: 'refund',
          amount: value,
          currency,
          at: created_at,
          payment_id,
          account,
          metadata,
        }
      })
    return [...payments, ...refunds]
  })
}

/** Stripe's balance, as far as buyers' money goes: what a bank gave back after all is no line. */
function stripeTransactions({ stripeAccounts }: SandboxContext, stripe: Stripe): Transaction[] {
  const { payments, refunds, disputes, balance } = stripe
  const sourceOf = ({ type, source }: BalanceTransaction) => {
    if (type === 'charge') {
      const { object } = payments.charges.get(source)
      return { kind: 'payment' as const, id: object.payment_intent, object }
    }
    if (type === 'refund') {
      const { object } = refunds.refunds.get(source)
      return object.status === 'failed'
        ? undefined
        : { kind: 'refund' as const, id: source, object }
    }
    if (type !== 'adjustment') return undefined
    const { object } = disputes.disputes.get(source)
    return object.status === 'won' ? undefined : { kind: 'chargeback' as const, id: source, object }
  }
  return stripeAccounts.flatMap(({ accountId: account }) =>
    balance.lines
      .list(account)
      .reverse()
      .flatMap((line): Transaction[] => {
        const found = sourceOf(line)
        if (!found) return []
        return [
          {
            provider: 'stripe',
            id: found.id,
            kind: found.kind,
            amount: formatMinor(Math.abs(line.amount), line.currency),
            currency: line.currency.toUpperCase(),
            at: new Date(line.created * 1_000).toISOString(),
            payment_id: found.object.payment_intent,
            user_id: null,
            account,
            payload: null,
            metadata: found.object.metadata,
          },
        ]
      }),
  )
}
