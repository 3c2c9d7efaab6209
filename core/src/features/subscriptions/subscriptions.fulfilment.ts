import type { Fulfilment } from '../payments/index.ts'
import type { RenewalsService } from './renewals/renewals.service.ts'
import type { SubscriptionsService } from './subscriptions.service.ts'

/** Gives what products of kind `subscription` sell: access for a period. */
export const subscriptionFulfilment: Fulfilment<{
  readonly subscriptions: Pick<SubscriptionsService, 'extend' | 'takeBack' | 'checkSellable'>
  readonly renewals: Pick<RenewalsService, 'decline' | 'wantsCharge'>
}> = {
  async fulfil({ subscriptions }, payment) {
    await subscriptions.extend(payment)
  },
  async reverse({ subscriptions }, payment, { refundedAmount }) {
    // A partial refund is a goodwill gesture; only a full one takes the period back.
    if (refundedAmount === payment.amount) await subscriptions.takeBack(payment)
  },
  checkSellable: ({ subscriptions }, payment) => subscriptions.checkSellable(payment),
  wantsCharge: ({ renewals }, payment) => renewals.wantsCharge(payment),
  async closed({ renewals }, payment) {
    if (payment.subscriptionId) await renewals.decline(payment)
  },
}
