import { z } from 'zod'
import type { Store } from './store/store.ts'

const base = {
  target: z.enum(['telegram', 'yookassa', 'stripe', 'mail']),
  /** The only method or path that is hit, such as `sendMessage` or `POST /payments`. [all] */
  method: z.string().optional(),
  /** How many calls are hit; null for all until the fault is removed. */
  times: z.int().positive().nullable().default(1),
}

/** A switch that makes a provider misbehave. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.object({
    ...base,
    kind: z.literal('rate_limit'),
    retry_after: z.number().positive().default(1),
  }),
  z.object({ ...base, kind: z.literal('blocked'), user_id: z.int().optional() }),
  z.object({ ...base, kind: z.literal('refused'), status: z.literal([401, 403]).default(403) }),
  z.object({
    ...base,
    kind: z.literal('error'),
    effect: z.enum(['done', 'not_done']).default('not_done'),
  }),
  z.object({ ...base, kind: z.literal('latency'), delay_ms: z.int().positive() }),
  z.object({
    ...base,
    kind: z.literal('drop'),
    effect: z.enum(['done', 'not_done']).default('done'),
  }),
  z.object({
    ...base,
    kind: z.literal('decline'),
    /** The only saved method that is hit. [all] */
    payment_method_id: z.string().optional(),
    reason: z.string().default('insufficient_funds'),
  }),
  z.object({
    ...base,
    kind: z.literal('pending'),
    /** The only saved method that is hit. [all] */
    payment_method_id: z.string().optional(),
    settle_after_seconds: z.number().positive().default(60),
    outcome: z.enum(['succeeded', 'canceled']).default('succeeded'),
    reason: z.string().default('insufficient_funds'),
  }),
  /** The next receipt is not registered. */
  z.object({ ...base, kind: z.literal('reject_receipt') }),
  z.object({
    ...base,
    kind: z.literal('hold'),
    /** The only kind of update or event that is held back, such as `message`. [all] */
    method: z.string().optional(),
    /** Holds until it is turned off. */
    times: z.null().default(null),
  }),
])

/** A switch that makes a provider misbehave. */
export type Fault = z.output<typeof faultSchema>
/** What a fault is made of. */
export type FaultInput = z.input<typeof faultSchema>
/** A switch with the id by which it is removed. */
export type StoredFault = Fault & { readonly id: string }

type FaultOf<Kind extends Fault['kind']> = Extract<Fault, { kind: Kind }>

/** What a provider is asked to do, as far as faults tell calls apart. */
interface Call {
  readonly method: string
  readonly userId?: number
  readonly paymentMethodId?: string
}

/** The switches that are on. */
export class Faults {
  readonly #store: Store
  readonly #faults

  constructor(store: Store) {
    this.#store = store
    this.#faults = store.collection<StoredFault>('faults')
  }

  /** Turns a switch on. */
  add(fault: Fault): StoredFault {
    const id = String(this.#store.next('fault'))
    return this.#faults.put(id, { ...fault, id })
  }

  /** Switches that are on. */
  list(): StoredFault[] {
    return this.#faults.all()
  }

  /** Turns one switch off. */
  remove(id: string): void {
    this.#faults.remove(id)
  }

  /** Turns all switches off. */
  clear(): void {
    for (const { id } of this.list()) this.#faults.remove(id)
  }

  /** Tells whether deliveries of a kind are held back. */
  isHeld(target: Fault['target'], kind: string): boolean {
    return this.list().some(
      (fault) => fault.target === target && fault.kind === 'hold' && fits(fault, { method: kind }),
    )
  }

  /** Takes one hit of the oldest switch of a kind that fits a call, or gives undefined. */
  take<Kind extends Fault['kind']>(
    target: Fault['target'],
    kind: Kind,
    call: Call,
  ): FaultOf<Kind> | undefined {
    const fault = this.list().find(
      (candidate): candidate is Extract<StoredFault, { kind: Kind }> =>
        candidate.target === target && candidate.kind === kind && fits(candidate, call),
    )
    if (!fault) return undefined
    if (fault.times !== null) {
      const times = fault.times - 1
      if (times === 0) this.#faults.remove(fault.id)
      else this.#faults.put(fault.id, { ...fault, times })
    }
    return fault
  }
}

function fits(fault: Fault, call: Call): boolean {
  if (fault.kind === 'blocked') return (fault.user_id ?? call.userId) === call.userId
  const { payment_method_id: savedMethod } = { payment_method_id: undefined, ...fault }
  if (savedMethod && savedMethod !== call.paymentMethodId) return false
  return !fault.method || fault.method.toLowerCase() === call.method.toLowerCase()
}
