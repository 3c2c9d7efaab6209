/** What a model predicts of one call: the code of its refusal, or that it is done. */
export type Outcome = 'done' | string

/** One account of a user, as the simplest ledger would keep it. */
interface Purse {
  amount: bigint
  held: bigint
  floor: bigint
}

/** A transfer as it was first answered. */
export interface KnownTransfer {
  readonly id: string
  readonly source: string
  readonly target: string
  readonly amount: bigint
  readonly isReversal: boolean
  reversed: bigint
}

/** A hold as the model keeps it. */
export interface KnownHold {
  readonly id: string
  readonly owner: string
  readonly amount: bigint
  readonly expiresAt: number
  status: 'pending' | 'posted' | 'voided' | 'expired'
  captured: bigint
}

/** A movement that is asked for. */
export interface Move {
  readonly id: string
  readonly source: string
  readonly target: string
  readonly amount: bigint
}

export const SYSTEM = 'issuance'
/** What every unit of the proof brings each hour. */
export const REFILL = { amount: 3n, every: 'hour', cap: 60n } as const
const SHORT = 'balance.insufficient_funds'
const CONFLICT = 'balance.transfer_conflict'
const NOT_PENDING = 'balance.hold_not_pending'

/** A ledger of Maps: no locks, no rows, only what must be true. */
export class LedgerModel {
  readonly purses = new Map<string, Purse>()
  readonly transfers = new Map<string, KnownTransfer>()
  readonly holds: KnownHold[] = []
  /** The last period each owner was refilled for. */
  readonly #periods = new Map<string, number>()
  system = 0n

  purse(owner: string): Purse {
    const purse = this.purses.get(owner) ?? { amount: 0n, held: 0n, floor: 0n }
    this.purses.set(owner, purse)
    return purse
  }

  /** What an owner can spend. */
  spare(owner: string): bigint {
    const { amount, held, floor } = this.purse(owner)
    return amount - held - floor
  }

  /** Posts all or none: ids that are known must say the same, others move. */
  post(moves: readonly Move[]): Outcome {
    const fresh = new Map<string, Move>()
    for (const move of moves) {
      if (move.source === move.target) return 'kernel.invalid_value'
      const earlier = fresh.get(move.id)
      if (earlier && !isSame(earlier, move)) return CONFLICT
      fresh.set(move.id, move)
    }
    const used = [...fresh.values()].filter(({ id }) => this.transfers.has(id))
    for (const { id } of used) fresh.delete(id)
    const change = new Map<string, bigint>()
    const add = (owner: string, amount: bigint) =>
      change.set(owner, (change.get(owner) ?? 0n) + amount)
    for (const { source, target, amount } of fresh.values()) {
      add(source, -amount)
      add(target, amount)
    }
    for (const { source } of fresh.values()) {
      if (source !== SYSTEM && this.spare(source) + (change.get(source) ?? 0n) < 0n) return SHORT
    }
    for (const move of used) {
      const first = this.transfers.get(move.id)
      if (!first || first.isReversal || !isSame(first, move)) return CONFLICT
    }
    for (const move of fresh.values()) this.#apply({ ...move, isReversal: false })
    return 'done'
  }

  reverse(id: string, original: KnownTransfer, amount: bigint): Outcome {
    if (original.isReversal || original.reversed + amount > original.amount) {
      return 'balance.reversal_too_large'
    }
    original.reversed += amount
    const { source: target, target: source } = original
    this.#apply({ id, source, target, amount, isReversal: true })
    return 'done'
  }

  hold(hold: Omit<KnownHold, 'status' | 'captured'>): Outcome {
    if (hold.amount > this.spare(hold.owner)) return SHORT
    this.purse(hold.owner).held += hold.amount
    this.holds.push({ ...hold, status: 'pending', captured: 0n })
    return 'done'
  }

  capture(hold: KnownHold, transferId: string, amount: bigint): Outcome {
    const isOpen = hold.status === 'pending' || hold.status === 'posted'
    if (!isOpen || amount > hold.amount) return NOT_PENDING
    if (hold.status === 'posted') return amount === hold.captured ? 'done' : CONFLICT
    if (amount > this.spare(hold.owner) + hold.amount) return SHORT
    this.#end(hold, 'posted')
    hold.captured = amount
    this.#apply({ id: transferId, source: hold.owner, target: SYSTEM, amount, isReversal: false })
    return 'done'
  }

  release(hold: KnownHold): Outcome {
    if (hold.status === 'posted') return NOT_PENDING
    if (hold.status === 'pending') this.#end(hold, 'voided')
    return 'done'
  }

  expire(now: number): void {
    for (const hold of this.holds) {
      if (hold.status === 'pending' && hold.expiresAt <= now) this.#end(hold, 'expired')
    }
  }

  /** What the periods have brought an owner; nothing when that is what was given before. */
  refill(owner: string, period: number, transferId: string): bigint {
    const last = this.#periods.get(owner) ?? period - 1
    if (period <= last) return 0n
    this.#periods.set(owner, period)
    const brought = REFILL.amount * BigInt(period - last)
    const room = REFILL.cap - this.purse(owner).amount
    const amount = brought < room ? brought : room
    if (amount <= 0n) return 0n
    this.#apply({ id: transferId, source: SYSTEM, target: owner, amount, isReversal: false })
    return amount
  }

  setFloor(owner: string, floor: bigint): Outcome {
    const purse = this.purse(owner)
    if (floor !== purse.floor && floor > purse.amount - purse.held) return 'balance.floor_too_high'
    purse.floor = floor
    return 'done'
  }

  #end(hold: KnownHold, status: KnownHold['status']): void {
    hold.status = status
    this.purse(hold.owner).held -= hold.amount
  }

  #apply(transfer: Omit<KnownTransfer, 'reversed'>): void {
    for (const [owner, amount] of [
      [transfer.source, -transfer.amount],
      [transfer.target, transfer.amount],
    ] as const) {
      if (owner === SYSTEM) this.system += amount
      else this.purse(owner).amount += amount
    }
    this.transfers.set(transfer.id, { ...transfer, reversed: 0n })
  }
}

function isSame(one: Omit<Move, 'id'>, other: Omit<Move, 'id'>): boolean {
  return one.source === other.source && one.target === other.target && one.amount === other.amount
}
