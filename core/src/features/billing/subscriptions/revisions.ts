import { InvalidValue } from '../../../kernel/index.ts'
import type { PlanVersion } from '../plans/plan.ts'
import type { Charge } from '../pricing/charge.ts'
import { rateField } from '../pricing/decimal-fields.ts'
import type { Revision } from '../pricing/segments.ts'
import type { StoredRevision } from './subscription.ts'

/** A revision with what it charges for: nothing where it pauses or ends. */
export interface ResolvedRevision extends Revision {
  readonly kind: StoredRevision['kind']
  readonly version: PlanVersion
}

/** Puts revisions and the plan versions they name together. */
export function resolveRevisions(
  stored: readonly Omit<StoredRevision, 'tenantId'>[],
  versions: ReadonlyMap<string, PlanVersion>,
): ResolvedRevision[] {
  return stored.flatMap((revision) => {
    const version = versions.get(revision.planVersionId)
    return version ? [resolved(revision, version)] : []
  })
}

/** What a revision charges for, at prices of its own. */
export function resolved(
  { number, kind, fromOn, proration, quantity, prices }: Omit<StoredRevision, 'tenantId'>,
  version: PlanVersion,
): ResolvedRevision {
  const isNothing = kind === 'pause' || kind === 'cancel'
  const charges = isNothing ? [] : version.charges.map((charge) => atPrice(charge, prices))
  return { number, kind, fromOn, proration, quantity, charges, version }
}

/**
 * Refuses prices of charges that the plan has not, or that have no single price.
 *
 * @throws {@link InvalidValue}
 */
export function checkPrices(prices: StoredRevision['prices'], { charges }: PlanVersion): void {
  for (const key of Object.keys(prices)) {
    const charge = charges.find((each) => each.key === key)
    if (charge && 'rate' in charge) continue
    const problem = charge
      ? 'has tiers or a plug-in instead of a price'
      : 'is no charge of the plan'
    throw new InvalidValue({ field: `prices.${key}`, problem })
  }
}

/** What tells when a revision counts. */
type Dated = Pick<StoredRevision, 'number' | 'fromOn'>

/**
 * The revisions that count: one that was still ahead when another was made that counts earlier was
 * taken away by it, and is made again where it shall stay.
 */
export function standing<Some extends Dated>(revisions: readonly Some[]): Some[] {
  return revisions.filter(
    ({ number, fromOn }) =>
      !revisions.some((other) => other.number > number && other.fromOn < fromOn),
  )
}

/** The revision in force on a day: of two of one day the later. */
export function inForceOn<Some extends Dated>(
  revisions: readonly Some[],
  day: string,
): Some | undefined {
  return revisions
    .filter(({ fromOn }) => fromOn <= day)
    .toSorted((one, other) => compare(one.fromOn, other.fromOn) || one.number - other.number)
    .at(-1)
}

function atPrice(charge: Charge, prices: StoredRevision['prices']): Charge {
  const price = prices[charge.key]
  return price !== undefined && 'rate' in charge
    ? { ...charge, rate: rateField.parse(price) }
    : charge
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}
