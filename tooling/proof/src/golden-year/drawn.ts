import type { ChargeInput, CouponInput } from '@gramkit/core/billing'
import type { Chance } from '../harness/chance.ts'
import type { NaiveUsage } from '../naive-billing/bills.ts'
import { daysAfter, type Story, type StoryDeed, type StoryPlan, YEAR } from './story.ts'

const CYCLES = ['monthly', 'weekly', 'quarterly', 'semi_annually', 'annually', 'one_time'] as const
const MODELS = ['flat', 'per_unit', 'graduated', 'volume', 'package', 'usage', 'hybrid'] as const
const COUNTED = ['per_unit', 'graduated', 'volume', 'package'] as const
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Tokyo',
  'Pacific/Pago_Pago',
] as const

/** Who sells to whom in which currency. */
const MARKETS = [
  { seller: 'berlin', buyer: 'german', currency: 'EUR' },
  { seller: 'tokyo', buyer: 'japanese', currency: 'JPY' },
  { seller: 'berlin', buyer: 'american', currency: 'USD' },
  { seller: 'berlin', buyer: 'french', currency: 'EUR' },
  { seller: 'tokyo', buyer: 'japanese', currency: 'USD' },
  { seller: 'berlin', buyer: 'french_company', currency: 'EUR' },
  { seller: 'tokyo', buyer: 'american', currency: 'JPY' },
  { seller: 'berlin', buyer: 'exempt', currency: 'USD' },
] as const

/** Draws customers: every model, cycle and market in turn, the rest by chance. */
export function drawStories(count: number, chance: Chance): Story[] {
  return Array.from({ length: count }, (_, index) => drawStory(index, chance))
}

function drawStory(index: number, chance: Chance): Story {
  const market = MARKETS[index % MARKETS.length] ?? MARKETS[0]
  const cycle = CYCLES[index % CYCLES.length] ?? 'monthly'
  const model = MODELS[index % MODELS.length] ?? 'flat'
  const { currency, ...parties } = market
  const facts = { chance, index, currency, isOnce: cycle === 'one_time' }
  const plan = { ...aPlan(facts, model, 'A'), cycle }
  const startOn = daysAfter(YEAR.from, chance.whole(0, 60))
  const trialDays = chance.pick([0, 0, 7, 14, 30])
  const anchorOn = daysAfter(startOn, trialDays)
  const deeds = cycle === 'one_time' ? [] : drawDeeds(facts, { plan, model, anchorOn })
  const plans = [
    plan,
    ...deeds.flatMap((deed) => (deed.does === 'change' ? (deed.plan ?? []) : [])),
  ]
  const [first] = plan.charges
  const isPriced = first && 'rate' in first && chance.whole(1, 4) === 1
  return {
    ...{ code: `drawn-${index}`, ...parties, plan, startOn, trialDays, deeds },
    timeZone: chance.pick(ZONES),
    quantity: String(chance.whole(1, 30)),
    ...(isPriced ? { prices: { [first.key]: aRate(facts) } } : {}),
    ...(chance.whole(1, 3) === 1 ? { coupon: aCoupon(facts) } : {}),
    usage: drawUsage(plans, startOn, chance),
  }
}

interface Drawing {
  readonly chance: Chance
  readonly index: number
  readonly currency: StoryPlan['currency']
  readonly isOnce: boolean
}

function aPlan(facts: Drawing, model: (typeof MODELS)[number], name: string): StoryPlan {
  const { chance, index, currency, isOnce } = facts
  const charges: readonly ChargeInput[] =
    model === 'hybrid'
      ? [aCharge(facts, 'flat', 'base'), aCharge(facts, 'per_unit', 'seats'), used(facts, 'usage')]
      : model === 'usage'
        ? [used(facts, 'usage'), used(facts, 'more', 'usage')]
        : [aCharge(facts, model, 'base')]
  const fits = isOnce ? charges.map((charge) => ({ ...charge, when: 'advance' as const })) : charges
  return {
    ...{ code: `plan-${index}-${name}`, currency, cycle: 'monthly' },
    setupFee: chance.pick([0n, 0n, BigInt(chance.whole(1, 9_999))]),
    charges: isOnce ? fits.map(withoutMeter) : fits,
  }
}

function withoutMeter(charge: ChargeInput): ChargeInput {
  if (!('meter' in charge)) return charge
  const { meter: _, ...rest } = charge
  return rest
}

/** A charge for usage; two of a plan may share a meter. */
function used(facts: Drawing, key: string, meter = key): ChargeInput {
  const { chance } = facts
  const charge = aCharge(facts, chance.pick(COUNTED), key)
  if (charge.model === 'flat') throw new RangeError('A flat charge counts nothing')
  return { ...charge, when: 'arrears', meter, included: chance.pick([undefined, '10', '33.5']) }
}

function aCharge(
  facts: Drawing,
  model: 'flat' | 'per_unit' | 'graduated' | 'volume' | 'package',
  key: string,
): ChargeInput {
  const { chance } = facts
  const every = { key, title: key, when: chance.pick(['advance', 'advance', 'arrears'] as const) }
  const rounding = chance.pick(['half_even', 'half_even', 'half_up', 'up', 'down'] as const)
  const rate = aRate(facts)
  switch (model) {
    case 'flat':
    case 'per_unit':
      return { ...every, rounding, model, rate }
    case 'package':
      return { ...every, rounding, model, rate, size: chance.pick(['5', '7.5', '10']) }
    default:
      return {
        ...{ ...every, rounding, model },
        tiers: [
          { upTo: '5', rate },
          { upTo: '12.5', rate: aRate(facts), flatFee: aRate(facts) },
          { upTo: null, rate: aRate(facts) },
        ],
      }
  }
}

function aRate({ chance }: Drawing): string {
  return `${chance.whole(0, 40)}.${String(chance.whole(0, 9_999)).padStart(4, '0')}`
}

function aCoupon({ chance, index, currency }: Drawing): CouponInput {
  const code = `COUPON-${index}`
  const length = chance.pick<Pick<CouponInput, 'duration' | 'invoices'>>([
    { duration: 'once' },
    { duration: 'forever' },
    { duration: 'repeating', invoices: 3 },
  ])
  const what = chance.pick<Pick<CouponInput, 'percent' | 'amount' | 'currency'>>([
    { percent: '12.5' },
    { percent: '33.3333' },
    { percent: '100' },
    { amount: BigInt(chance.whole(1, 5_000)), currency },
  ])
  return { code, name: code, ...length, ...what }
}

/** Deeds that a subscription can take, one after the other. */
function drawDeeds(
  facts: Drawing,
  {
    plan,
    model,
    anchorOn,
  }: Readonly<Record<'anchorOn', string>> & {
    readonly plan: StoryPlan
    readonly model: (typeof MODELS)[number]
  },
): StoryDeed[] {
  const { chance } = facts
  const [one = '', two = '', three = ''] = [1, 2, 3]
    .map(() => chance.whole(1, 300))
    .toSorted((left, right) => left - right)
    .map((days, at) => daysAfter(anchorOn, days + at))
  const other = { ...aPlan(facts, model, 'B'), cycle: plan.cycle }
  const cycled = {
    ...other,
    code: `${other.code}C`,
    cycle: chance.pick(['monthly', 'quarterly'] as const),
  }
  const quantity = () => String(chance.whole(1, 30))
  const change = (on: string, proration = 'time'): StoryDeed => {
    return { on, does: 'change', quantity: quantity(), proration }
  }
  const changePlan = (on: string, to: StoryPlan, proration: string): StoryDeed => {
    return { on, does: 'change', plan: to, proration }
  }
  const ended = (on: string, when: string): StoryDeed => ({ on, does: 'cancel', when })
  const paused = (on: string, when: string): StoryDeed => ({ on, does: 'pause', when })
  const resumed = (on: string): StoryDeed => ({ on, does: 'resume' })
  return chance.pick<StoryDeed[]>([
    [change(one), change(two), change(three)],
    [change(one), change(daysAfter(one, 3), 'none'), changePlan(two, other, 'time')],
    [changePlan(one, other, 'time'), change(one), ended(three, 'now')],
    [changePlan(one, cycled, 'next_period'), change(three)],
    [changePlan(one, other, 'none'), change(two, 'next_period')],
    [paused(one, 'now'), resumed(two), change(three)],
    [paused(one, 'period_end'), resumed(two)],
    [change(one), ended(two, 'period_end')],
    [ended(one, 'period_end'), resumed(one), changePlan(three, other, 'time')],
    [changePlan(one, other, 'time'), paused(two, 'now')],
  ])
}

/** Some usage of each meter; one telling of eight comes late. */
function drawUsage(plans: readonly StoryPlan[], startOn: string, chance: Chance): NaiveUsage[] {
  const meters = new Set(
    plans.flatMap(({ charges }) =>
      charges.flatMap((charge) => ('meter' in charge ? (charge.meter ?? []) : [])),
    ),
  )
  return [...meters].flatMap((meter) =>
    Array.from({ length: 40 }, (): NaiveUsage => {
      const on = daysAfter(startOn, chance.whole(0, 330))
      const toldOn = chance.whole(1, 8) === 1 ? daysAfter(on, chance.whole(1, 30)) : on
      const units = `${chance.whole(0, 20)}.${chance.whole(0, 999)}`
      return { meter, on, toldOn, units }
    }),
  )
}
