import { z } from 'zod'
import { type Decimal, decimalText, ZERO } from '../../../kernel/index.ts'
import { quantityField, rateField } from './decimal-fields.ts'

/** Most tiers of a charge. */
export const TIERS_MAX = 100

/** What each unit costs from the tier before up to and including `upTo`; the last is open. */
export interface Tier {
  readonly upTo: Decimal | null
  readonly rate: Decimal
  /** Paid once when the quantity reaches into the tier. [nothing] */
  readonly flatFee?: Decimal | undefined
}

const writtenTier = z.strictObject({
  /** May be left out: where the tier before ends. Where it is given, it must be just that. */
  from: quantityField.optional(),
  upTo: quantityField.nullable(),
  rate: rateField,
  flatFee: rateField.optional(),
})

type WrittenTier = z.output<typeof writtenTier>

/** Where tiers break a rule, and the way out. */
interface TierFault {
  readonly path: readonly (string | number)[]
  readonly problem: string
  readonly remedy: string
}

/** Tiers without a gap or an overlap, from 0 to an open end. */
export const tiersField = z.array(writtenTier).superRefine((tiers, context) => {
  const fault = faultOf(tiers)
  if (fault === undefined) return
  const { path, problem, remedy } = fault
  context.addIssue({ code: 'custom', path: [...path], message: problem, params: { remedy } })
})

function faultOf(tiers: readonly WrittenTier[]): TierFault | undefined {
  if (tiers.length === 0) {
    return { path: [], problem: 'are none', remedy: 'give one tier at least' }
  }
  if (tiers.length > TIERS_MAX) {
    const problem = `are ${tiers.length}`
    return { path: [], problem, remedy: `give ${TIERS_MAX} at the most` }
  }
  let start: Decimal = ZERO
  for (const [index, { from, upTo }] of tiers.entries()) {
    const fault = startFault(start, from, index) ?? endFault(start, upTo, index, tiers.length)
    if (fault) return { ...fault, path: [index, ...fault.path] }
    start = upTo ?? start
  }
  return undefined
}

function startFault(start: Decimal, from: Decimal | undefined, index: number) {
  if (from === undefined || from === start) return undefined
  const path = ['from']
  const [is, should] = [decimalText(from), decimalText(start)]
  if (index === 0) {
    return { path, problem: `is ${is}`, remedy: 'the first tier begins at 0' }
  }
  const what = from > start ? 'leaves a gap' : 'overlaps the tier before'
  return {
    path,
    problem: `${what}: it is ${is}, and the tier before ends at ${should}`,
    remedy: `begin at ${should}; that unit itself still belongs to the tier before`,
  }
}

function endFault(start: Decimal, upTo: Decimal | null, index: number, count: number) {
  const path = ['upTo']
  const isLast = index === count - 1
  if (upTo === null) {
    const problem = 'is open, and another tier follows'
    return isLast ? undefined : { path, problem, remedy: 'let the last tier alone be open' }
  }
  if (isLast) {
    const problem = `ends at ${decimalText(upTo)}, so more has no price`
    return { path, problem, remedy: 'let the last tier be open: null' }
  }
  const remedy = `let it end above ${decimalText(start)}, where it begins`
  return upTo > start ? undefined : { path, problem: `is ${decimalText(upTo)}`, remedy }
}
