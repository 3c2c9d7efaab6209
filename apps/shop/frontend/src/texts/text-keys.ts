import type { HistoryEntry, Login, Order, Payment, Subscription } from '../api/wire.ts'

/** Everything the app says, in one language. */
export interface Texts {
  readonly tabs: Record<'shop' | 'purchases' | 'friends' | 'profile', string>
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
  readonly contact: {
    readonly title: string
    readonly note: string
    readonly email: string
    readonly wrong: string
    readonly yes: string
    readonly no: string
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
    readonly trialEnds: (day: string) => string
    readonly renews: (day: string, price: string) => string
    readonly ends: (day: string) => string
    readonly ended: (day: string) => string
    readonly overdue: string
    readonly overdueFinal: (day: string) => string
    readonly paused: string
    readonly resumeInTelegram: (day: string) => string
    readonly otherRuns: string
    readonly try: (days: number) => string
    readonly keep: string
    readonly actions: Record<'cancel' | 'resume' | 'pause' | 'change' | 'withdraw-consent', string>
    readonly confirm: Record<
      'cancel' | 'pause' | 'withdraw-consent',
      {
        readonly title: string
        readonly note: (day: string) => string
        readonly yes: string
      }
    >
    readonly change: {
      readonly title: string
      readonly none: string
      readonly now: (until: string, price: string) => string
      readonly later: (day: string, price: string) => string
      readonly bought: (day: string, price: string) => string
      readonly yesNow: (plan: string) => string
      readonly yesLater: (plan: string) => string
    }
  }
  readonly history: {
    readonly title: string
    readonly empty: string
    readonly emptyNote: string
    readonly reason: (reason: HistoryEntry['reason']) => string
  }
  readonly visit: {
    /** By nobody in particular: of a campaign. */
    readonly acceptedOnly: string
    readonly accepted: (inviter: string) => string
    readonly friendsNote: string
    readonly somebody: string
    readonly refused: string
    readonly refusedNote: string
    readonly reasons: Readonly<Record<string, string>>
    readonly milestone: (days: number) => string
    readonly milestoneNote: string
  }
  readonly friends: {
    readonly title: string
    readonly empty: string
    readonly emptyNote: string
    readonly nameless: string
    readonly since: (day: string) => string
    readonly requests: string
    readonly wants: (day: string) => string
    readonly blocked: string
    readonly blockedSince: (day: string) => string
    readonly actions: Record<'accept' | 'decline' | 'remove' | 'block' | 'unblock', string>
    readonly actionOn: (action: string, name: string) => string
    readonly confirm: Record<
      'remove' | 'block',
      { readonly title: (name: string) => string; readonly note: string; readonly yes: string }
    > & { readonly no: string }
    readonly invite: {
      readonly make: string
      readonly note: string
      readonly link: string
      readonly send: string
      readonly message: string
      readonly copy: string
      readonly copied: string
      readonly notCopied: string
    }
  }
  readonly profile: {
    readonly title: string
    readonly guest: string
    readonly onlyHere: string
    readonly language: string
    readonly languageByItself: string
    readonly pages: Record<'notifications' | 'email' | 'logins' | 'history' | 'data', string>
    readonly streak: {
      readonly title: string
      readonly counted: string
      readonly waiting: string
      readonly current: string
      readonly best: string
      readonly total: string
      readonly days: (days: number) => string
    }
  }
  readonly notifications: {
    readonly topics: string
    readonly topicsNote: string
    readonly quiet: string
    readonly quietNote: string
    readonly quietOn: string
    readonly from: string
    readonly until: string
  }
  readonly logins: {
    readonly note: string
    readonly surface: Record<Login['surface'], string>
    readonly lastSeen: (moment: string) => string
    readonly current: string
    readonly end: string
    readonly endOne: (name: string) => string
    readonly endOthers: string
  }
  readonly email: {
    readonly address: string
    readonly note: string
    readonly send: string
    readonly code: string
    readonly sent: (email: string) => string
    readonly confirm: string
    readonly other: string
    readonly addedNote: string
    readonly remove: string
    readonly removeTitle: string
    readonly removeNote: string
    readonly removeYes: string
  }
  readonly data: {
    readonly export: string
    readonly exportNote: string
    readonly erase: string
    readonly eraseNote: string
    readonly eraseTitle: string
    readonly eraseWarning: string
    readonly eraseYes: string
    readonly erased: string
    readonly erasedNote: string
  }
  readonly back: string
  readonly offline: string
  readonly retry: string
  readonly loading: string
  readonly failedTitle: string
  readonly backToTelegram: string
  readonly backToTelegramNote: string
}
