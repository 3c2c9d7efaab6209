import { CORE, type MoneyKey } from './money-key.ts'

const PRICING = `${CORE}/features/billing/pricing`
const PERIODS = `${CORE}/features/billing/periods`

const numbers = [`${CORE}/kernel/decimal.test.ts`]
const prices = [`${PRICING}/price-charge.test.ts`]
const discounts = [`${PRICING}/discount.test.ts`]
const prorations = [`${PRICING}/proration.test.ts`]
const periods = [`${PERIODS}/billing-period.test.ts`]

/** One rule of how bills are reckoned, taken away in one place. */
function rule(
  name: string,
  guards: string,
  edit: { readonly file: string; readonly find: string; readonly replace: string },
  tests: readonly string[],
): MoneyKey {
  return { name: `pricing: ${name}`, guards, edits: [edit], tests }
}

/** What keeps bills exact, and nobody billed twice, too early or for what another day brings. */
export const PRICING_KEYS: readonly MoneyKey[] = [
  rule(
    'half to even',
    'halves are rounded up as often as down',
    {
      file: `${CORE}/kernel/fraction.ts`,
      find: '(twice === denominator && whole % 2n === 1n)',
      replace: 'twice === denominator',
    },
    numbers,
  ),
  rule(
    'parts add up',
    'what is split loses no minor unit',
    {
      file: `${CORE}/kernel/allocation.ts`,
      find: 'lucky.has(index) ? whole + 1n : whole',
      replace: 'lucky.has(index) ? whole : whole',
    },
    numbers,
  ),
  rule(
    'no gap between tiers',
    'tiers written as 0-100 and 101-200 are refused',
    {
      file: `${PRICING}/tiers.ts`,
      find: 'if (from === undefined || from === start) return undefined',
      replace: 'if (from === undefined || from >= start) return undefined',
    },
    prices,
  ),
  rule(
    'included units',
    'what is included costs nothing',
    {
      file: `${PRICING}/price-charge.ts`,
      find: 'decimalOf(quantity - free)',
      replace: 'decimalOf(quantity - free * 0n)',
    },
    prices,
  ),
  rule(
    'usage is no matter of days',
    'usage of a part of a period is charged in full',
    {
      file: `${PRICING}/price-charge.ts`,
      find: 'if (isUsage(charge)) {\n    const included',
      replace: 'if (isUsage(charge) && share.numerator === 0n) {\n    const included',
    },
    prices,
  ),
  rule(
    'absurd amounts',
    'a price beyond what the kit moves at once stops',
    {
      file: `${PRICING}/price-charge.ts`,
      find: 'if (minor > UNIT_AMOUNT_MAX) throw',
      replace: 'if (minor < 0n) throw',
    },
    prices,
  ),
  rule(
    'plug-ins are not believed',
    'a plug-in that answers less than nothing is stopped',
    {
      file: `${PRICING}/pricing-plug-in.ts`,
      find: "typeof amount !== 'bigint' || amount < 0n",
      replace: "typeof amount !== 'bigint'",
    },
    prices,
  ),
  rule(
    'discounts one after the other',
    'two discounts never take off more than there is',
    {
      file: `${PRICING}/discount.ts`,
      find: 'planIds.includes(planId) ? (left[index] ?? 0n) : 0n',
      replace: 'planIds.includes(planId) ? (lines[index]?.amount ?? 0n) : 0n',
    },
    discounts,
  ),
  rule(
    'credits are not discounted',
    'what is given back is not given back in part',
    {
      file: `${PRICING}/discount.ts`,
      find: 'lines.map(({ amount }) => (amount > 0n ? amount : 0n))',
      replace: 'lines.map(({ amount }) => (amount > 0n ? amount : -amount))',
    },
    discounts,
  ),
  rule(
    'given back once',
    'days that were given back are not given back again',
    {
      file: `${PRICING}/proration.ts`,
      find: 'back - (line.credited?.amount ?? 0n)',
      replace: 'back - (line.credited?.amount ?? 0n) * 0n',
    },
    prorations,
  ),
  rule(
    'days are given back once',
    'a line that was given back from a day on is not given back for days after it',
    {
      file: `${PRICING}/proration.ts`,
      find: 'line.credited?.fromOn ?? line.untilOn',
      replace: 'line.untilOn',
    },
    prorations,
  ),
  rule(
    'given back from the change on',
    'the days before a change stay paid',
    {
      file: `${PRICING}/proration.ts`,
      find: 'daysBetween(fromOn, line.untilOn)',
      replace: 'daysBetween(line.fromOn, line.untilOn)',
    },
    prorations,
  ),
  rule(
    'what stayed is left alone',
    'a charge that a change leaves alone is not charged anew',
    {
      file: `${PRICING}/segments.ts`,
      find: 'return (\n    textOf(one.charge) === textOf(other.charge) &&',
      replace: "return (\n    textOf(one.charge) === '' &&",
    },
    prorations,
  ),
  rule(
    'an end ends',
    'what has ended is not billed in later periods',
    {
      file: `${PRICING}/segments.ts`,
      find: 'begun.length === 0 || revision.fromOn < period.startOn',
      replace: 'begun.length === 0',
    },
    prorations,
  ),
  rule(
    'the billing day does not drift',
    'the 31st comes back after February',
    {
      file: `${PERIODS}/billing-period.ts`,
      find: 'addMonths(anchorOn, step.months * index)',
      replace: 'Array(index).fill(0).reduce((day) => addMonths(day, step.months), anchorOn)',
    },
    periods,
  ),
  rule(
    'a boundary is in one period',
    'what happens at a boundary is billed once',
    {
      file: `${PERIODS}/billing-period.ts`,
      find: 'while (instant >= period.endsAt)',
      replace: 'while (instant > period.endsAt)',
    },
    periods,
  ),
  rule(
    'billed once',
    'a one-time plan is never due again',
    {
      file: `${PERIODS}/billing-period.ts`,
      find: "schedule.cycle === 'one_time' && index > 0",
      replace: "schedule.cycle === 'one_time' && index > 1",
    },
    periods,
  ),
]
