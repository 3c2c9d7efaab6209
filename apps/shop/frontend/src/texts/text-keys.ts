import type { HistoryEntry, Order, Payment, Subscription } from '../api/wire.ts'

/** Everything the app says, in one language. */
export interface Texts {
  readonly tabs: { readonly shop: string; readonly purchases: string; readonly history: string }
  readonly balance: string
  readonly units: (digits: string, unit: string) => string
  readonly greeting: (name: string) => string
  readonly sections: Record<'credits' | 'subscription' | 'goods', string>
  readonly sectionNotes: { readonly subscription: string }
  readonly buy: (what: string, price: string) => string
  readonly subscribe: (what: string, price: string) => string
  readonly perPeriod: (period: { days: number } | { months: number }) => string
  readonly consent: (price: string, period: string) => string
  readonly notSoldHere: string
  readonly onlyInTelegram: string
  readonly notice: {
    readonly waiting: string
    readonly waitingNote: string
    readonly notPaid: string
    readonly notPaidNote: string
    readonly invoiceFailed: string
    readonly invoiceFailedNote: string
    readonly pay: string
    readonly payFor: (what: string) => string
    readonly hide: string
    readonly refunded: string
    readonly succeeded: (what: string) => string
    readonly over: Record<'canceled' | 'expired' | 'failed', string>
    readonly overNote: string
  }
  readonly purchases: {
    readonly payments: string
    readonly orders: string
    readonly subscriptions: string
    readonly empty: string
    readonly emptyNote: string
    readonly refunded: (amount: string) => string
    readonly more: string
  }
  readonly paymentStatus: Record<Payment['status'], string>
  readonly orderStatus: Record<Order['status'], string>
  readonly subscription: {
    readonly status: Record<Subscription['status'], string>
    readonly renews: (day: string) => string
    readonly ends: (day: string) => string
    readonly ended: (day: string) => string
    readonly overdue: string
    readonly cancel: string
    readonly resume: string
    readonly confirm: {
      readonly title: string
      readonly note: (day: string) => string
      readonly yes: string
      readonly no: string
    }
  }
  readonly history: {
    readonly title: string
    readonly empty: string
    readonly emptyNote: string
    readonly reason: (reason: HistoryEntry['reason']) => string
  }
  readonly offline: string
  readonly retry: string
  readonly loading: string
  readonly failedTitle: string
  readonly backToTelegram: string
  readonly backToTelegramNote: string
}
