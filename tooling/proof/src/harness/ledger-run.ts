import type { CoreServices, Platform } from '@gramkit/core'
import type { AccountOwner, Transfer, TransferRequest } from '@gramkit/core/balance'
import { rows } from '@gramkit/core/database'
import { addMs, deriveId, isAppError, newId, type VirtualClock } from '@gramkit/core/kernel'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { z } from 'zod'
import { LedgerModel, type Move, type Outcome, SYSTEM } from './ledger-model.ts'
import type { LedgerStep } from './ledger-steps.ts'

const HOUR_MS = 3_600_000
const bigintText = z.string().transform((value) => BigInt(value))

/** One sequence of calls, made to the real ledger and to the model side by side. */
export class LedgerRun {
  readonly #platform: Platform<CoreServices>
  readonly #clock: VirtualClock
  readonly #people: readonly string[]
  /** Each run counts a unit of its own, so that runs share people and meet nowhere. */
  readonly #unit: string
  readonly #model = new LedgerModel()
  readonly #requests: TransferRequest[] = []
  readonly #answers = new Map<string, Transfer>()
  readonly #refusals: string[] = []

  constructor(options: {
    readonly platform: Platform<CoreServices>
    readonly clock: VirtualClock
    readonly people: readonly string[]
    readonly unit: string
  }) {
    this.#platform = options.platform
    this.#clock = options.clock
    this.#people = options.people
    this.#unit = options.unit
  }

  /** Codes of the refusals so far. */
  get refusals(): readonly string[] {
    return this.#refusals
  }

  /** Makes one call and compares what it came to. */
  async step(step: LedgerStep): Promise<void> {
    const { balance, holds } = this.#platform.services
    switch (step.kind) {
      case 'credit':
        return this.#post([this.#move(-1, step.person, step.amount)], 'one')
      case 'debit':
        return this.#post([this.#move(step.person, -1, step.amount)], 'one')
      case 'transfer':
        return this.#post([this.#move(step.move.source, step.move.target, step.move.amount)], 'one')
      case 'postMany': {
        const moves = step.moves.map((move) => this.#move(move.source, move.target, move.amount))
        const again = step.again && this.#again(step.again.place, step.again.isSame)
        if (again) moves.push(again)
        if (step.isFirstTwice && moves[0]) moves.push(moves[0])
        return this.#post(moves, 'many')
      }
      case 'replay': {
        const again = this.#again(step.place, step.isSame)
        return again && this.#post([again], 'one')
      }
      case 'hold': {
        const { person, amount, hours } = step
        await this.#refill(this.#owner(person))
        const expiresAt = hours === null ? undefined : addMs(this.#clock.now(), hours * HOUR_MS)
        const hold = { id: newId(), owner: this.#owner(person), amount }
        await this.#expect(
          this.#model.hold({
            ...hold,
            expiresAt: expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
          }),
          () =>
            holds.place({
              ...this.#facts,
              ...{ id: hold.id, userId: hold.owner, amount },
              ...(expiresAt && { expiresAt }),
            }),
        )
        return
      }
      case 'capture': {
        const hold = pick(this.#model.holds, step.place)
        if (!hold) return
        // Its transfer refills as any other does.
        await this.#refill(hold.owner)
        const id = deriveId(hold.id, 'capture')
        const amount = step.amount ?? hold.amount
        const captured = await this.#expect(this.#model.capture(hold, id, amount), () =>
          holds.capture({ holdId: hold.id, amount }),
        )
        return captured && this.#keep(captured)
      }
      case 'release': {
        const hold = pick(this.#model.holds, step.place)
        if (hold) await this.#expect(this.#model.release(hold), () => holds.release(hold.id))
        return
      }
      case 'expire': {
        this.#clock.advance(step.hours * HOUR_MS)
        this.#model.expire(this.#clock.now().getTime())
        // Holds that earlier runs have left are among them.
        while ((await holds.expireDue()) > 0);
        return
      }
      case 'reverse': {
        const original = pick([...this.#model.transfers.values()], step.place)
        if (!original) return
        const amount = step.amount ?? original.amount
        const { reason, reference } = this.#facts
        const request = { id: newId(), transferId: original.id, amount, reason, reference }
        const reverse = () => balance.reverse(request)
        const reversed = await this.#expect(
          this.#model.reverse(request.id, original, amount),
          reverse,
        )
        if (!reversed) return
        expect(await reverse()).toEqual(reversed)
        return this.#keep(reversed)
      }
      case 'refill':
        return this.#refill(this.#owner(step.person))
      case 'floor': {
        const { floor } = step
        const userId = this.#owner(step.person)
        await this.#expect(this.#model.setFloor(userId, floor), () =>
          balance.setFloor({ userId, unit: this.#unit, floor, actor: 'admin', reason: 'proof' }),
        )
        return
      }
    }
  }

  /** Compares everything that the run has left behind with the model. */
  async check(): Promise<void> {
    const { executor } = this.#platform.database
    const accounts = await rows(
      executor,
      sql`select id, coalesce(user_id::text, system_name) as owner, balance::text as amount,
            held::text, floor::text,
            (select coalesce(sum(h.amount), 0)::text from gramkit.balance_hold h
             where h.account_id = a.id and h.status = 'pending') as pending
          from gramkit.balance_account a where unit = ${this.#unit}
            and (user_id = any(${sql.param([...this.#people])}::uuid[]) or system_name = ${SYSTEM})`,
      z.object({
        ...{ id: z.string(), owner: z.string(), amount: bigintText, held: bigintText },
        ...{ floor: bigintText, pending: bigintText },
      }),
    )
    const stored = await rows(
      executor,
      sql`select t.id, t.number::text, t.source_account_id as "sourceAccountId",
            t.target_account_id as "targetAccountId", t.unit, t.amount::text, t.reason, t.reference,
            t.metadata, t.reversal_of as "reversalOf", t.created_at as "createdAt"
          from gramkit.balance_transfer t
          where t.source_account_id = any(${sql.param(accounts.map(({ id }) => id))}::uuid[])`,
      z.object({
        ...{ id: z.string(), number: bigintText, sourceAccountId: z.string() },
        ...{ targetAccountId: z.string(), unit: z.string(), amount: bigintText },
        ...{ reason: z.string(), reference: z.string(), reversalOf: z.string().nullable() },
        ...{ metadata: z.record(z.string(), z.string()), createdAt: z.coerce.date() },
      }),
    )
    // As they were first answered: no row was changed, none is gone, none came by itself.
    expect(new Map(stored.map((row) => [row.id, row]))).toEqual(this.#answers)
    expect(new Set(stored.map(({ id }) => id))).toEqual(new Set(this.#model.transfers.keys()))
    let total = 0n
    for (const { id, owner, amount, held, floor, pending } of accounts) {
      const moved = stored.reduce(
        (sum, row) =>
          sum +
          (row.targetAccountId === id ? row.amount : 0n) -
          (row.sourceAccountId === id ? row.amount : 0n),
        0n,
      )
      total += moved
      expect(held).toBe(pending)
      if (owner === SYSTEM) {
        expect(moved).toBe(this.#model.system)
        const summed = await this.#platform.services.repos.balance.sumSystemAccount(
          SYSTEM,
          this.#unit,
        )
        expect(summed).toBe(moved)
      } else {
        expect(moved).toBe(amount)
        expect({ amount, held, floor }).toEqual(this.#model.purse(owner))
      }
    }
    expect(total).toBe(0n)
  }

  get #facts() {
    return { unit: this.#unit, reason: 'proof.moved', reference: 'proof' }
  }

  #owner(person: number): string {
    return person === -1 ? SYSTEM : (this.#people[person] ?? '')
  }

  #move(source: number, target: number, amount: bigint): Move {
    return { id: newId(), source: this.#owner(source), target: this.#owner(target), amount }
  }

  async #refill(owner: string): Promise<void> {
    if (owner === SYSTEM) return
    const period = Math.floor(this.#clock.now().getTime() / HOUR_MS)
    const id = deriveId(owner, `refill:${this.#unit}:hour:${period}`)
    const amount = this.#model.refill(owner, period, id)
    const given = await this.#platform.services.refills.refill(owner, this.#unit)
    expect([given?.id, given?.amount ?? 0n]).toEqual([amount > 0n ? id : undefined, amount])
    if (given) this.#keep(given)
  }

  /** An earlier transfer, asked for again. */
  #again(place: number, isSame: boolean): Move | undefined {
    const request = pick(this.#requests, place)
    const known = request && this.#model.transfers.get(request.id)
    if (!known) return undefined
    const { id, source, target, amount } = known
    return { id, source, target, amount: isSame ? amount : amount + 1n }
  }

  async #post(moves: readonly Move[], how: 'one' | 'many'): Promise<void> {
    const { balance } = this.#platform.services
    // A single transfer refills its source by itself; asked for before, it must have nothing to do.
    if (how === 'one') for (const { source } of moves) await this.#refill(source)
    const requests = moves.map((move) => ({
      ...this.#facts,
      ...{ id: move.id, amount: move.amount },
      source: ownerOf(move.source),
      target: ownerOf(move.target),
      metadata: { of: this.#unit },
    }))
    const posted = await this.#expect(this.#model.post(moves), async () => {
      if (how === 'many') return balance.postMany(requests)
      return Promise.all(requests.map((request) => balance.transfer(request)))
    })
    if (!posted) return
    expect(posted.map(({ id }) => id)).toEqual(requests.map(({ id }) => id))
    for (const transfer of posted) this.#keep(transfer)
    this.#requests.push(...requests)
  }

  /** Remembers the first answer; a later one must be the same. */
  #keep(transfer: Transfer): void {
    const first = this.#answers.get(transfer.id)
    if (first) expect(transfer).toEqual(first)
    else this.#answers.set(transfer.id, transfer)
  }

  /** Makes a call that the model has predicted; gives its answer unless it was to be refused. */
  async #expect<T>(outcome: Outcome, call: () => Promise<T>): Promise<T | undefined> {
    let answer: T | undefined
    let found = 'done'
    try {
      answer = await call()
    } catch (error) {
      if (!isAppError(error)) throw error
      found = error.code
      this.#refusals.push(found)
    }
    expect(found).toBe(outcome)
    return answer
  }
}

function ownerOf(owner: string): AccountOwner {
  return owner === SYSTEM ? { system: SYSTEM } : { userId: owner }
}

function pick<T>(list: readonly T[], place: number): T | undefined {
  return list.length === 0 ? undefined : list[place % list.length]
}
