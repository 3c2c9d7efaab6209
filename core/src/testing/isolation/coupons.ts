import { probeRows, type RepositoryProbes, type ServiceProbes } from './probes.ts'

/** What another tenant tries on coupons. */
export const couponServices = {
  coupons: {
    create: ({ plan }) => [
      { code: 'ours', name: 'Ours', percent: '50', duration: 'once', planIds: [plan.id] },
    ],
    get: ({ coupon }) => [coupon.id],
    list: () => [{ limit: 100 }],
    archive: ({ coupon }) => [coupon.id],
    redeem: ({ coupon, customer }) => [coupon.code, customer.id],
    listRedemptions: ({ customer }) => [customer.id],
  },
} satisfies Pick<ServiceProbes, 'coupons'>

/** What another tenant tries on coupons, past their service. */
export const couponRepositories = {
  coupons: {
    ...probeRows(({ coupon }) => coupon),
    findByCode: ({ coupon }) => [coupon.code],
    insertPlans: ({ coupon, plan }) => [coupon.id, [plan.id]],
    listPlans: ({ coupon }) => [[coupon.id]],
  },
  couponRedemptions: {
    ...probeRows(({ redemption }) => redemption),
    listOfCustomer: ({ customer }) => [customer.id],
    listRecurring: ({ customer }) => [[customer.id]],
    listRunning: ({ customer }) => [[customer.id]],
    countInvoices: ({ redemption }) => [[redemption.id]],
  },
} satisfies Pick<RepositoryProbes, 'couponRedemptions' | 'coupons'>
