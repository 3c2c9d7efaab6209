import type { ChargeInput, CouponInput, CustomerInput, TenantInput } from '@gramkit/core/billing'
import type { NaiveContract, NaiveDeed, NaiveUsage } from '../naive-billing/bills.ts'
import type { NaiveTax } from '../naive-billing/taxes.ts'

/** A plan as its tenant writes it. */
export interface StoryPlan {
  readonly code: string
  readonly currency: NonNullable<CustomerInput['currency']>
  readonly cycle: 'weekly' | 'monthly' | 'quarterly' | 'semi_annually' | 'annually' | 'one_time'
  readonly setupFee: bigint
  readonly charges: readonly ChargeInput[]
}

/** Something that happens to a subscription on a day. */
export type StoryDeed =
  | (Extract<NaiveDeed, { does: 'change' }> & { readonly plan?: StoryPlan | undefined })
  | Exclude<NaiveDeed, { does: 'change' }>

/** One customer with one subscription, and all that happens to it. */
export interface Story {
  readonly code: string
  readonly seller: keyof typeof SELLERS
  readonly buyer: keyof typeof BUYERS
  readonly timeZone: string
  readonly plan: StoryPlan
  readonly startOn: string
  readonly trialDays?: number
  readonly anchorOn?: string
  readonly quantity?: string
  readonly prices?: Readonly<Record<string, string>>
  readonly coupon?: CouponInput
  readonly deeds?: readonly StoryDeed[]
  readonly usage?: readonly NaiveUsage[]
}

/** The first day and the last one. */
export const YEAR = { from: '2028-01-01', until: '2029-02-28' } as const

/** How old usage may be when it is told. */
export const ACCEPTED_DAYS = 40

/** Who sells: one with taxes on top of its prices, one with taxes in them. */
export const SELLERS = {
  berlin: { name: 'Berlin GmbH', country: 'DE', currency: 'EUR', pricesIncludeTax: false },
  tokyo: { name: 'Tokyo KK', country: 'JP', currency: 'JPY', pricesIncludeTax: true },
} as const satisfies Readonly<Record<string, Omit<TenantInput, 'code'>>>

/** What both have written down; Germany's changes in the middle of the year. */
export const RATES = [
  { country: 'DE', name: 'USt', rate: '19', fromOn: '2021-01-01' },
  { country: 'DE', name: 'USt', rate: '21', fromOn: '2028-07-01' },
  { country: 'FR', name: 'TVA', rate: '20', fromOn: '2021-01-01' },
  { country: 'JP', name: 'JCT', rate: '10', fromOn: '2021-01-01' },
] as const

const GERMAN = [
  { fromOn: '2021-01-01', percent: '19' },
  { fromOn: '2028-07-01', percent: '21' },
]

/** Who buys, and what that means for taxes: by the law, not by the kit. */
export const BUYERS = {
  german: { country: 'DE', taxId: null, exempt: false, rates: GERMAN },
  french: { ...NOBODY(), country: 'FR', rates: [{ fromOn: '2021-01-01', percent: '20' }] },
  /** Owes the tax itself. */
  french_company: { ...NOBODY(), country: 'FR', taxId: 'FR40303265045' },
  american: { ...NOBODY(), country: 'US' },
  exempt: { ...NOBODY(), country: 'DE', exempt: true },
  japanese: { ...NOBODY(), country: 'JP', rates: [{ fromOn: '2021-01-01', percent: '10' }] },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly country: string
      readonly taxId: string | null
      readonly exempt: boolean
      readonly rates: NaiveTax['rates']
    }
  >
>

function NOBODY() {
  return { taxId: null, exempt: false, rates: [] }
}

/** A story as the oracle reads it. */
export function contractOf(story: Story): NaiveContract {
  const { plan, startOn, timeZone, coupon, deeds = [], usage = [], quantity = '1' } = story
  const { rates } = BUYERS[story.buyer]
  const { percent, amount, duration, invoices } = coupon ?? {}
  const times = duration === 'once' ? 1 : (invoices ?? undefined)
  const discount = { percent: percent ?? undefined, amount: amount ?? undefined, times }
  return {
    ...{ startOn, timeZone, plan, quantity, deeds, usage, currency: plan.currency },
    anchorOn: story.anchorOn ?? daysAfter(startOn, story.trialDays ?? 0),
    prices: story.prices ?? {},
    discounts: coupon ? [discount] : [],
    acceptedDays: ACCEPTED_DAYS,
    tax: { rates, isInPrices: SELLERS[story.seller].pricesIncludeTax && rates.length > 0 },
  }
}

/** A day so many days later. */
export function daysAfter(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10)
}
