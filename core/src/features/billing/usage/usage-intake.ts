import { DAY_MS, type Decimal, InvalidValue, readDecimal } from '../../../kernel/index.ts'
import { QUANTITY_MAX } from '../pricing/decimal-fields.ts'
import type { Meter } from './meter.ts'
import {
  type CountedUsage,
  type RefusedUsage,
  USAGE_AHEAD_MS,
  type UsageEvent,
  type UsageFault,
} from './usage-event.ts'

/** An event and its place in the batch. */
export interface IndexedUsage {
  readonly index: number
  readonly event: UsageEvent
}

/** What events are held against. */
export interface IntakeFacts {
  /** By their codes. */
  readonly meters: ReadonlyMap<string, Meter>
  readonly customers: ReadonlySet<string>
  /** By `<customer>:<meter>`, for meters that refuse what comes late. */
  readonly billedUntil: ReadonlyMap<string, Date>
  readonly now: Date
}

/** Events that are to be counted, those that come at the wrong time, and those that are wrong. */
export interface Assessed {
  readonly timely: CountedUsage[]
  readonly late: Map<CountedUsage, UsageFault>
  readonly refused: RefusedUsage[]
}

/** Tells events that can be counted from those that come at the wrong time and those that cannot. */
export function assess(events: readonly IndexedUsage[], facts: IntakeFacts): Assessed {
  const assessed: Assessed = { timely: [], late: new Map(), refused: [] }
  for (const { index, event } of events) {
    const meter = facts.meters.get(event.meter)
    const counted = countedBy(meter, event, facts)
    if (!meter || 'problem' in counted) {
      assessed.refused.push({ index, ...('problem' in counted ? counted : UNKNOWN_METER) })
      continue
    }
    const row = { index, event, meter, ...counted }
    const why = untimely(event, meter, facts)
    if (why) assessed.late.set(row, why)
    else assessed.timely.push(row)
  }
  return assessed
}

const UNKNOWN_METER: UsageFault = { reason: 'unknown_meter', problem: 'meter is the code of none' }

/** What an event counts by its meter, or what is wrong with it. */
function countedBy(
  meter: Meter | undefined,
  { customerId, properties }: UsageEvent,
  { customers }: IntakeFacts,
): Pick<CountedUsage, 'quantity' | 'value'> | UsageFault {
  if (!meter) return UNKNOWN_METER
  if (!customers.has(customerId)) {
    return { reason: 'unknown_customer', problem: 'customerId is that of nobody' }
  }
  const { aggregation, valueProperty } = meter
  if (valueProperty === null) return { quantity: null, value: null }
  const given = Object.hasOwn(properties, valueProperty) ? properties[valueProperty] : undefined
  if (given === undefined) return invalid(`properties.${valueProperty} is missing`)
  if (aggregation === 'unique') return { quantity: null, value: String(given) }
  const quantity = quantityOf(given)
  if (quantity === undefined || quantity < 0n || quantity > QUANTITY_MAX) {
    return invalid(`properties.${valueProperty} is no quantity from 0 to 10^15`)
  }
  return { quantity, value: null }
}

const invalid = (problem: string): UsageFault => ({ reason: 'invalid', problem })

function quantityOf(given: string | number | boolean): Decimal | undefined {
  if (typeof given === 'boolean') return undefined
  try {
    return readDecimal(String(given))
  } catch (error) {
    if (error instanceof InvalidValue) return undefined
    throw error
  }
}

/** Why an event comes at the wrong time, or undefined. */
function untimely(
  { at, customerId }: UsageEvent,
  { id, acceptedDays, late }: Meter,
  { now, billedUntil }: IntakeFacts,
): UsageFault | undefined {
  if (at.getTime() > now.getTime() + USAGE_AHEAD_MS) {
    return { reason: 'in_future', problem: 'at is in the future' }
  }
  if (at.getTime() <= now.getTime() - acceptedDays * DAY_MS) {
    return { reason: 'too_old', problem: `at is ${acceptedDays} days ago or more` }
  }
  const until = billedUntil.get(`${customerId}:${id}`)
  if (late === 'refused' && until && at < until) {
    return { reason: 'late', problem: 'at lies in a period that was billed' }
  }
  return undefined
}
