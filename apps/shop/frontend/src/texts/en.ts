import { number } from './format.ts'
import type { Texts } from './text-keys.ts'

const reasons: Readonly<Record<string, string>> = {
  'payment.fulfilled': 'Purchase',
  'payment.refunded': 'Refund',
}

/** English. */
export const en: Texts = {
  tabs: { shop: 'Shop', purchases: 'Purchases', history: 'History' },
  balance: 'Balance',
  units: (digits, unit) => {
    const noun = unit === 'credits' && /^-?1$/.test(digits) ? 'credit' : unit
    return `${number('en', digits)} ${noun}`
  },
  greeting: (name) => `Hello, ${name}`,
  sections: { credits: 'Credits', subscription: 'Subscription', goods: 'Goods' },
  sectionNotes: { subscription: 'Renews by itself. Cancel whenever you like.' },
  buy: (what, price) => `Buy ${what} for ${price}`,
  subscribe: (what, price) => `Subscribe to ${what} for ${price}`,
  perPeriod: (period) => {
    if ('days' in period) return `for ${period.days} days`
    return period.months === 1 ? 'a month' : `for ${period.months} months`
  },
  consent: (price, period) =>
    `I agree that my card is kept and charged ${price} ${period} by itself until I cancel. ` +
    'Without this the subscription ends with the period.',
  notSoldHere: 'Not sold here',
  onlyInTelegram: 'Only in Telegram',
  notice: {
    waiting: 'Waiting for the payment',
    waitingNote: 'It is confirmed within seconds as a rule. You may leave this page.',
    notPaid: 'Not paid yet',
    notPaidNote: 'Nothing was bought. You can still pay.',
    invoiceFailed: 'The payment did not go through',
    invoiceFailedNote: 'You can try to pay again.',
    pay: 'Pay',
    payFor: (what) => `Pay for ${what}`,
    hide: 'Hide',
    refunded: 'The money was given back',
    succeeded: (what) => `Paid: ${what}`,
    over: {
      canceled: 'The payment was canceled',
      expired: 'The time to pay ran out',
      failed: 'The payment failed',
    },
    overNote: 'Nothing was bought.',
  },
  purchases: {
    payments: 'Payments',
    orders: 'Orders',
    subscriptions: 'Subscriptions',
    empty: 'Nothing bought yet',
    emptyNote: 'What you buy in the shop appears here.',
    refunded: (amount) => `${amount} given back`,
    more: 'Show more',
  },
  paymentStatus: {
    created: 'Preparing',
    pending: 'Waiting for payment',
    waiting_for_capture: 'Being confirmed',
    succeeded: 'Paid',
    partially_refunded: 'Partly refunded',
    refunded: 'Refunded',
    disputed: 'Disputed',
    canceled: 'Canceled',
    expired: 'Expired',
    failed: 'Failed',
    unknown: 'Being checked',
  },
  orderStatus: { paid: 'Paid', refunded: 'Refunded' },
  subscription: {
    status: {
      active: 'Active',
      past_due: 'Payment overdue',
      canceled: 'Canceled',
      expired: 'Ended',
    },
    renews: (day) => `Renews on ${day}`,
    ends: (day) => `Works until ${day}`,
    ended: (day) => `Ended on ${day}`,
    overdue: 'The last charge failed; we will try again.',
    cancel: 'Cancel subscription',
    resume: 'Resume subscription',
    confirm: {
      title: 'Cancel the subscription?',
      note: (day) => `It works until ${day} and is not charged again.`,
      yes: 'Yes, cancel',
      no: 'Keep it',
    },
  },
  history: {
    title: 'Balance history',
    empty: 'No changes yet',
    emptyNote: 'Every change of your balance appears here.',
    reason: (reason) => reasons[reason] ?? reason,
  },
  offline: 'You are offline. What you see may be out of date.',
  retry: 'Try again',
  loading: 'Loading',
  failedTitle: 'That did not work',
  backToTelegram: 'Go back to Telegram',
  backToTelegramNote: 'Your purchase appears in the Mini App as soon as the payment is confirmed.',
}
