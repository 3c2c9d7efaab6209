import type { SandboxContext } from '../context.ts'
import type { Telegram } from '../telegram/telegram.ts'
import type { Yookassa } from '../yookassa/yookassa.ts'

/** One movement of money in a provider's books. */
export interface Transaction {
  readonly provider: 'telegram-stars' | 'yookassa'
  /** The charge or payment; a refund has its own id at YooKassa and the charge's in Stars. */
  readonly id: string
  readonly kind: 'payment' | 'refund' | 'chargeback'
  /** Stars, or a decimal text. */
  readonly amount: string
  readonly currency: string
  readonly at: string
  /** The payment that a refund gives back. */
  readonly payment_id: string
  readonly user_id: number | null
  /** The bot or shop. */
  readonly account: string
  readonly payload: string | null
  readonly metadata: Readonly<Record<string, string | null>> | null
}

/** The books: every charge and refund, oldest first. */
export function transactionsOf(
  context: SandboxContext,
  telegram: Telegram,
  yookassa: Yookassa,
  provider?: Transaction['provider'],
): Transaction[] {
  const stars = provider === 'yookassa' ? [] : starTransactions(telegram)
  const shops = provider === 'telegram-stars' ? [] : shopTransactions(context, yookassa)
  return [...stars, ...shops].sort((a, b) => a.at.localeCompare(b.at))
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
