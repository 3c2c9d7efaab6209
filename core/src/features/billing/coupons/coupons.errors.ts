import { AppError } from '../../../kernel/index.ts'
import type { CouponRefusal } from './coupon.ts'

/** A coupon that cannot be redeemed by this customer now. */
export class CouponNotRedeemable extends AppError {
  readonly code = 'billing.coupon_not_redeemable'
  readonly kind = 'conflict'

  constructor(facts: { reason: CouponRefusal }, options?: ErrorOptions) {
    super(`The coupon cannot be redeemed: ${facts.reason.replaceAll('_', ' ')}`, facts, options)
  }
}
