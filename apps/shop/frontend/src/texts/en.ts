import { number } from './format.ts'
import type { Texts } from './text-keys.ts'

const reasons: Readonly<Record<string, string>> = {
  'payment.fulfilled': 'Purchase',
  'payment.refunded': 'Refund',
}

/** English. */
export const en: Texts = {
  tabs: { shop: 'Shop', purchases: 'Purchases', friends: 'Friends', profile: 'Profile' },
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
  contact: {
    title: 'Where should the receipt go?',
    note: 'The law has us send a receipt for this purchase. The address is used for receipts only.',
    email: 'E-mail',
    wrong: 'This is no e-mail address. Check it for mistakes.',
    yes: 'Go on to payment',
    no: 'Not now',
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
      trialing: 'Trial',
      active: 'Active',
      past_due: 'Payment overdue',
      canceled: 'Canceled',
      paused: 'Paused',
      expired: 'Ended',
    },
    trialEnds: (day) => `Free until ${day}, then it ends by itself`,
    renews: (day, price) => `${price} on ${day}`,
    ends: (day) => `Works until ${day}`,
    ended: (day) => `Ended on ${day}`,
    overdue: 'The last charge failed; we will try again.',
    overdueFinal: (day) => `The charge failed. Pay again by ${day} to keep it.`,
    paused: 'Time stands still: no access and no charges until you resume.',
    resumeInTelegram: (day) =>
      `Works until ${day}. To renew it, open Telegram: Settings, My Stars, Subscriptions.`,
    otherRuns: 'You have another plan: change it there.',
    try: (days) => `Try ${days} days for free`,
    keep: 'Keep it as it is',
    actions: {
      cancel: 'Cancel subscription',
      resume: 'Resume subscription',
      pause: 'Pause',
      change: 'Change plan',
      'withdraw-consent': 'Forget my card',
    },
    confirm: {
      cancel: {
        title: 'Cancel the subscription?',
        note: (day) => `It works until ${day} and is not charged again.`,
        yes: 'Yes, cancel',
      },
      pause: {
        title: 'Pause the subscription?',
        note: () => 'It does not work and is not charged until you resume. No paid time is lost.',
        yes: 'Yes, pause',
      },
      'withdraw-consent': {
        title: 'Forget the card?',
        note: (day) =>
          `The card is not charged again. The subscription works until ${day} and then ends.`,
        yes: 'Yes, forget it',
      },
    },
    change: {
      title: 'Change the plan',
      none: 'There is no other plan.',
      now: (until, price) =>
        price
          ? `From now on. The paid time lasts until ${until}, then ${price} is charged.`
          : `From now on. The paid time lasts until ${until}.`,
      later: (day, price) => `From ${day} on, for ${price}. Nothing is charged before.`,
      bought: (day, price) =>
        `The plan you have ends on ${day}. Then we send you a link to pay ${price}.`,
      yesNow: (plan) => `${plan} now`,
      yesLater: (plan) => `${plan} later`,
    },
  },
  history: {
    title: 'Balance history',
    empty: 'No changes yet',
    emptyNote: 'Every change of your balance appears here.',
    reason: (reason) => reasons[reason] ?? reason,
  },
  visit: {
    accepted: (inviter) => `You came by an invitation of ${inviter}`,
    acceptedNote: 'You find each other among your friends.',
    somebody: 'a friend',
    refused: 'The invitation did not work',
    refusedNote: 'Ask for a new link.',
    reasons: {
      'invites.expired': 'Its time is over. Ask for a new link.',
      'invites.not_active': 'It is used up or was taken back. Ask for a new link.',
      'invites.own_code': 'It is your own: send it to somebody else.',
      'limits.too_many_tries': 'You have tried too many links. Try again in an hour.',
      guest: 'Open it in Telegram, so that we know who you are.',
    },
    milestone: (days) => `${days} days in a row`,
    milestoneNote: 'Come back tomorrow to keep your streak.',
  },
  friends: {
    title: 'Friends',
    empty: 'No friends yet',
    emptyNote: 'Send your link to somebody. Whoever opens it appears here.',
    nameless: 'Somebody',
    since: (day) => `Friends since ${day}`,
    requests: 'Want to be your friends',
    wants: (day) => `Asked on ${day}`,
    blocked: 'Blocked',
    blockedSince: (day) => `Blocked since ${day}`,
    actions: {
      accept: 'Accept',
      decline: 'Decline',
      remove: 'Remove',
      block: 'Block',
      unblock: 'Unblock',
    },
    actionOn: (action, name) => `${action}: ${name}`,
    confirm: {
      remove: {
        title: (name) => `Remove ${name}?`,
        note: 'You will no longer see each other among your friends.',
        yes: 'Yes, remove',
      },
      block: {
        title: (name) => `Block ${name}?`,
        note: 'You will hear nothing more of each other here. We do not tell them.',
        yes: 'Yes, block',
      },
      no: 'Keep it as it is',
    },
    invite: {
      make: 'Invite a friend',
      note: 'Whoever opens your link becomes your friend here.',
      link: 'Your link',
      send: 'Send to a friend',
      message: 'Come and see this shop with me!',
      copy: 'Copy link',
      copied: 'Copied',
      notCopied: 'Mark the link to copy it',
    },
  },
  profile: {
    title: 'Profile',
    guest: 'Guest',
    onlyHere: 'Known on this device only',
    language: 'Language',
    languageOfTelegram: 'Like Telegram',
    pages: {
      notifications: 'Notifications',
      logins: 'Where you are logged in',
      history: 'Balance history',
    },
    streak: {
      title: 'Days in a row',
      counted: 'Today is counted. The next day begins at five in the morning.',
      waiting: 'Today is not counted yet.',
      current: 'Now',
      best: 'Best',
      total: 'In all',
      days: (days) => (days === 1 ? '1 day' : `${days} days`),
    },
  },
  notifications: {
    topics: 'What we may write about',
    topicsNote: 'Messages about your payments always come.',
    quiet: 'Quiet hours',
    quietNote: 'What can wait comes afterwards, by the clock where you are.',
    quietOn: 'Leave me alone at night',
    from: 'From',
    until: 'Until',
  },
  logins: {
    note: 'End what you do not recognise.',
    surface: { telegram: 'Telegram', web: 'Browser' },
    lastSeen: (moment) => `Last used on ${moment}`,
    current: 'This one',
    end: 'End',
    endOne: (name) => `End ${name}`,
    endOthers: 'End all others',
  },
  back: 'Back',
  offline: 'You are offline. What you see may be out of date.',
  retry: 'Try again',
  loading: 'Loading',
  failedTitle: 'That did not work',
  backToTelegram: 'Go back to Telegram',
  backToTelegramNote: 'Your purchase appears in the Mini App as soon as the payment is confirmed.',
}
