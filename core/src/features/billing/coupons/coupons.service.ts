import { localDay, NotFound, newId, type Page, type PageRequest } from '../../../kernel/index.ts'
import { databaseError, isUniqueViolation } from '../../../platform/database/index.ts'
import { CodeTaken } from '../billing.errors.ts'
import { readFields } from '../fields.ts'
import {
  type Coupon,
  type CouponInput,
  type CouponRedemption,
  couponFields,
  refusalOf,
} from './coupon.ts'
import { CouponNotRedeemable } from './coupons.errors.ts'
import { isExhausted } from './coupons.repository.ts'
import type { CouponsScope } from './coupons.scope.ts'

/** What is taken off invoices: made by the tenant, redeemed by its customers. */
export class CouponsService {
  readonly #scope: CouponsScope

  constructor(scope: CouponsScope) {
    this.#scope = scope
  }

  /**
   * Makes a coupon. What it takes off never changes: archive it and make another.
   *
   * @throws {@link InvalidValue}
   * @throws {@link CodeTaken}
   * @throws {@link NotFound} for a plan that is not there
   * @example
   * await billing.coupons.create({ code: 'SPRING', name: 'Spring', percent: '12.5', duration: 'once' })
   */
  async create(input: CouponInput): Promise<Coupon> {
    const { planIds, ...fields } = readFields(couponFields, input)
    return this.#scope.transaction(async (tx) => {
      const now = tx.clock.now()
      const made = { ...fields, id: newId(), archivedAt: null, createdAt: now, updatedAt: now }
      try {
        const after = await tx.repos.coupons.insert(made)
        await tx.repos.coupons.insertPlans(after.id, planIds)
        const facts = { ...after, planIds }
        await tx.record({ action: 'coupon.created', subject: `coupon:${after.id}`, after: facts })
        return after
      } catch (error) {
        if (isUniqueViolation(error, 'billing_coupon_code_key')) {
          throw new CodeTaken({ what: 'coupon', taken: fields.code }, { cause: error })
        }
        if (databaseError(error)?.constraint === 'billing_coupon_plan_plan_fk') {
          throw new NotFound({ what: 'plan', id: planIds.join(', ') })
        }
        throw error
      }
    })
  }

  /**
   * Reads a coupon, and for which plans it is: none for all.
   *
   * @throws {@link NotFound}
   */
  get(id: string): Promise<Coupon & { readonly planIds: readonly string[] }> {
    return this.#scope.transaction(async (tx) => {
      const coupon = await tx.repos.coupons.getById(id)
      return { ...coupon, planIds: (await tx.repos.coupons.listPlans([id])).get(id) ?? [] }
    })
  }

  /** One page of coupons, oldest first. */
  list(request: PageRequest = {}): Promise<Page<Coupon>> {
    return this.#scope.transaction((tx) => tx.repos.coupons.list(request))
  }

  /**
   * Lets nobody redeem a coupon any more; who has redeemed it keeps it. Again is no failure.
   *
   * @throws {@link NotFound}
   */
  archive(id: string): Promise<Coupon> {
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.coupons.getByIdWithLock(id)
      if (before.archivedAt) return before
      const now = tx.clock.now()
      const after = await tx.repos.coupons.update(id, { archivedAt: now, updatedAt: now })
      await tx.record({ action: 'coupon.archived', subject: `coupon:${id}`, before, after })
      return after
    })
  }

  /**
   * Gives a customer what a coupon takes off, from the next invoice on. The database counts, so a
   * limit holds however many redeem at once.
   *
   * @throws {@link NotFound}
   * @throws {@link CouponNotRedeemable}
   * @example
   * await billing.coupons.redeem('SPRING', customer.id)
   */
  redeem(code: string, customerId: string): Promise<CouponRedemption> {
    return this.#scope.transaction(async (tx) => {
      const coupon = await tx.repos.coupons.findByCode(code)
      if (!coupon) throw new NotFound({ what: 'coupon', id: code })
      const { currency } = await tx.repos.customers.getById(customerId)
      const { timeZone } = await tx.repos.tenant.get()
      const now = tx.clock.now()
      const reason = refusalOf(coupon, { day: localDay(now, timeZone), currency })
      if (reason) throw new CouponNotRedeemable({ reason })
      const made = {
        ...{ id: newId(), couponId: coupon.id, customerId, createdAt: now },
        invoiceMax: coupon.duration === 'once' ? 1 : coupon.invoices,
      }
      try {
        const after = await tx.repos.couponRedemptions.insert(made)
        await tx.record({ action: 'coupon.redeemed', subject: `coupon:${coupon.id}`, after })
        return after
      } catch (error) {
        if (isExhausted(error)) {
          throw new CouponNotRedeemable({ reason: 'exhausted' }, { cause: error })
        }
        if (isUniqueViolation(error, 'billing_coupon_redemption_customer_key')) {
          throw new CouponNotRedeemable({ reason: 'already_redeemed' }, { cause: error })
        }
        throw error
      }
    })
  }

  /** What a customer has redeemed, oldest first. */
  listRedemptions(customerId: string): Promise<CouponRedemption[]> {
    return this.#scope.transaction((tx) => tx.repos.couponRedemptions.listOfCustomer(customerId))
  }
}
