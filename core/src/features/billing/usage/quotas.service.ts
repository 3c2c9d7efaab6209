import { z } from 'zod'
import {
  addMs,
  assert,
  decimalOf,
  decimalText,
  InvalidValue,
  localDay,
  NotFound,
  newId,
} from '../../../kernel/index.ts'
import { isUniqueViolation } from '../../../platform/database/index.ts'
import { readFields } from '../fields.ts'
import { quantityField } from '../pricing/decimal-fields.ts'
import { meterByCode } from './meters.service.ts'
import {
  type Quota,
  type QuotaInput,
  type QuotaState,
  quotaFields,
  type Reservation,
  type ReservationInput,
  type ReserveOutcome,
  reservationFields,
} from './quota.ts'
import { leftOf, lookAtDue, readStates, tellReached } from './quota-reached.ts'
import { ReservationConflict, ReservationEnded } from './quotas.errors.ts'
import type { QuotasScope } from './quotas.scope.ts'

/** Under which source committed reservations are usage; their ids are those of the events. */
const SOURCE = 'reservation'

/**
 * How much customers may use. A quota counts all usage of its meter in the current period, and what is
 * reserved; the database decides, however many reserve at once.
 */
export class QuotasService {
  readonly #scope: QuotasScope

  constructor(scope: QuotasScope) {
    this.#scope = scope
  }

  /**
   * Says how much a customer may use in each period, from now on.
   *
   * @throws {@link InvalidValue} also for a meter that does not sum, or a day that has not come
   * @throws {@link NotFound} for a code of no meter, or nobody's id
   * @example
   * await billing.quotas.set({
   *   customerId, meter: 'api_calls', quantity: '500', kind: 'hard',
   *   cycle: 'monthly', anchorOn: '2028-01-31',
   * })
   */
  async set(input: QuotaInput): Promise<Quota> {
    const { meter: code, ...fields } = readFields(quotaFields, input)
    return this.#scope.transaction(async (tx) => {
      const { timeZone } = await tx.repos.customers.getByIdWithLock(fields.customerId)
      const meter = await meterByCode(tx, code)
      if (meter.aggregation !== 'sum') {
        throw new InvalidValue({ field: 'meter', problem: 'does not sum' })
      }
      const now = tx.clock.now()
      if (fields.anchorOn > localDay(now, timeZone)) {
        throw new InvalidValue({ field: 'anchorOn', problem: 'has not come' })
      }
      const before = await tx.repos.quotas.findOf(fields.customerId, meter.id)
      const said = { ...fields, reachedUntil: null, dueAt: now, updatedAt: now }
      const after = before
        ? await tx.repos.quotas.update(before.id, said)
        : await tx.repos.quotas.insert({
            ...said,
            id: newId(),
            meterId: meter.id,
            uses: 0n,
            createdAt: now,
          })
      const subject = `quota:${after.id}`
      await tx.record({ action: 'quota.set', subject, ...(before && { before }), after })
      return after
    })
  }

  /**
   * How far the quota of a customer is used in the current period. It may have changed when the answer
   * comes: to be sure of some of it, reserve it.
   *
   * @throws {@link NotFound} for a code of no meter, or when there is no quota
   */
  state({ customerId, meter }: Pick<QuotaInput, 'customerId' | 'meter'>): Promise<QuotaState> {
    return this.#scope.transaction(async (tx) => {
      const { id } = await meterByCode(tx, meter)
      return stateOf(tx, present(await tx.repos.quotas.findOf(customerId, id), meter))
    })
  }

  /**
   * Keeps a part of a quota for somebody who is about to use it, until it is committed, released or
   * expired. Waits for others who reserve of the same quota. An allowance refuses nothing:
   * its state tells that nothing remains.
   *
   * @throws {@link InvalidValue}
   * @throws {@link NotFound} for a code of no meter, or when there is no quota
   * @throws {@link ReservationConflict} when something else is reserved under the id
   * @example
   * const held = await billing.quotas.reserve({ id: jobId, customerId, meter: 'tokens', quantity: '900' })
   * if (held.outcome === 'exceeded') return 'Come back tomorrow'
   * await billing.quotas.commit(jobId, { quantity: '730' })
   */
  async reserve(input: ReservationInput): Promise<ReserveOutcome> {
    const fields = readFields(reservationFields, input)
    const { id, customerId, quantity, seconds } = fields
    return this.#scope.transaction(async (tx) => {
      const meter = await meterByCode(tx, fields.meter)
      const quota = present(await tx.repos.quotas.lockOf(customerId, meter.id), fields.meter)
      const former = await tx.repos.reservations.findById(id)
      if (former && (former.quotaId !== quota.id || former.quantity !== quantity)) {
        throw new ReservationConflict({ reservationId: id })
      }
      const state = await stateOf(tx, quota)
      if (former) return { outcome: 'reserved', reservation: former, state }
      if (quota.kind === 'hard' && quantity > state.remaining) return { outcome: 'exceeded', state }
      const now = tx.clock.now()
      const made = { id, quotaId: quota.id, quantity, status: 'held' as const }
      const times = { expiresAt: addMs(now, seconds * 1_000), createdAt: now, updatedAt: now }
      const reservation = await unlessTaken(id, () =>
        tx.repos.reservations.insert({ ...made, ...times }),
      )
      const held = decimalOf(state.held + quantity)
      const after = { ...state, held, remaining: leftOf(quota, state.used, held) }
      await tellReached(tx, { quota, state: after })
      return { outcome: 'reserved', reservation, state: after }
    })
  }

  /**
   * Records what was used of a reservation, as an event at this moment, and frees the rest. Again is no
   * failure and counts nothing twice.
   *
   * @param used.quantity how much of it [all]
   * @throws {@link NotFound}
   * @throws {@link InvalidValue} for more than was reserved
   * @throws {@link ReservationEnded}
   */
  commit(id: string, used: { readonly quantity?: string } = {}): Promise<Reservation> {
    return this.#end(id, 'committed', async (tx, { quantity }, quota) => {
      const { quantity: given } = readFields(usedFields, {
        quantity: decimalText(quantity),
        ...used,
      })
      if (given > quantity) {
        throw new InvalidValue({ field: 'quantity', problem: 'is more than was reserved' })
      }
      const meter = await tx.repos.meters.getById(quota.meterId)
      await tx.usage.record({
        ...{ source: SOURCE, id, customerId: quota.customerId, meter: meter.code },
        ...{ at: tx.clock.now(), properties: { [meter.valueProperty ?? '']: decimalText(given) } },
      })
    })
  }

  /**
   * Frees a reservation of which nothing was used. Again is no failure.
   *
   * @throws {@link NotFound}
   * @throws {@link ReservationEnded} when it was committed, or has expired
   */
  release(id: string): Promise<Reservation> {
    return this.#end(id, 'released', async () => {})
  }

  /**
   * Tells of quotas that usage took the last of since they were looked at, up to 50 at once, and gives
   * how many it looked at. Scheduled: within a minute or two after usage was told.
   */
  tellDue(): Promise<number> {
    return this.#scope.transaction(lookAtDue)
  }

  #end(
    id: string,
    status: Exclude<Reservation['status'], 'held'>,
    use: (tx: QuotasScope, reservation: Reservation, quota: Quota) => Promise<void>,
  ): Promise<Reservation> {
    return this.#scope.transaction(async (tx) => {
      const { quotaId } = await tx.repos.reservations.getById(id)
      // Before the reservation, as `reserve` does: who counts sees it held or used, never neither.
      const quota = await tx.repos.quotas.getByIdWithLock(quotaId, { mode: 'no key update' })
      const reservation = await tx.repos.reservations.getByIdWithLock(id)
      if (reservation.status === status) return reservation
      const now = tx.clock.now()
      if (reservation.status !== 'held' || reservation.expiresAt <= now) {
        const was = reservation.status === 'held' ? 'expired' : reservation.status
        throw new ReservationEnded({ reservationId: id, status: was })
      }
      const ended = await tx.repos.reservations.update(id, { status, updatedAt: now })
      // What is used of it is held no more.
      await use(tx, reservation, quota)
      return ended
    })
  }
}

/** Of one quota whoever reserves waits; of two, the id decides. */
async function unlessTaken(id: string, write: () => Promise<Reservation>): Promise<Reservation> {
  try {
    return await write()
  } catch (error) {
    if (!isUniqueViolation(error, 'billing_reservation_pkey')) throw error
    throw new ReservationConflict({ reservationId: id }, { cause: error })
  }
}

const usedFields = z.strictObject({ quantity: quantityField })

function present(quota: Quota | undefined, meter: string): Quota {
  if (!quota) throw new NotFound({ what: 'quota', id: meter })
  return quota
}

async function stateOf(tx: QuotasScope, quota: Quota): Promise<QuotaState> {
  const [used] = await readStates(tx, [quota])
  assert(used, 'A quota has a state')
  return used.state
}
