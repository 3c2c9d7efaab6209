import type { z } from 'zod'

/** What a running job may want to know about itself. */
export interface JobContext {
  readonly jobId: string
  /** 1 on the first try. */
  readonly attempt: number
  /** Aborted when the job's time is up. */
  readonly signal: AbortSignal
}

/** The part of a job's definition that an enqueuer needs. */
export interface JobKind<Payload> {
  readonly name: string
  readonly schema: z.ZodType<Payload>
  /** Tries before the job is put aside as dead. */
  readonly attemptsMax: number
}

/** A job as the runtime runs it, whatever its payload. */
export interface Job<Scope> {
  readonly name: string
  readonly attemptsMax: number
  readonly timeoutMs: number
  readonly backoffMs: number
  /** Runs inside the transaction that marks the job done. */
  readonly run?: (tx: Scope, payload: unknown, context: JobContext) => Promise<void>
  /** Runs without a transaction, for work that calls the outside world. */
  readonly runOutside?: (services: Scope, payload: unknown, context: JobContext) => Promise<void>
}

interface JobOptions<Payload> {
  /** `<feature>.<imperative>`, such as `subscriptions.renew`. */
  readonly name: string
  /** Of plain JSON values, as ids are all that a job should carry. */
  readonly schema: z.ZodType<Payload>
  /** Tries before the job is put aside as dead. [10] */
  readonly attemptsMax?: number
  /** Longest one try may take. [30 000] */
  readonly timeoutMs?: number
  /** Wait after the first failure; doubles with each further one, up to an hour. [1 000] */
  readonly backoffMs?: number
}

interface RunInside<Scope, Payload> {
  readonly run: (tx: Scope, payload: Payload, context: JobContext) => Promise<void>
}

interface RunOutside<Scope, Payload> {
  readonly runOutside: (services: Scope, payload: Payload, context: JobContext) => Promise<void>
}

/**
 * Describes a job, a command in the imperative whose payload carries ids, not objects.
 *
 * With `run` it works inside the transaction that locks and finishes its row, so it takes effect
 * exactly once. With `runOutside` no transaction is open, so it may call the outside world; it must
 * be idempotent by itself, as a crash after the call runs it again.
 *
 * @example
 * const renew = defineJob({
 *   name: 'subscriptions.renew',
 *   schema: z.object({ subscriptionId: z.uuid() }),
 *   run: async (tx: RenewScope, { subscriptionId }) => tx.subscriptions.renew(subscriptionId),
 * })
 */
export function defineJob<Scope, Payload>(
  options: JobOptions<Payload> & (RunInside<Scope, Payload> | RunOutside<Scope, Payload>),
): Job<Scope> & JobKind<Payload> {
  const { name, schema, attemptsMax = 10, timeoutMs = 30_000, backoffMs = 1_000 } = options
  const shared = { name, schema, attemptsMax, timeoutMs, backoffMs }
  if ('run' in options) {
    const { run } = options
    return {
      ...shared,
      run: (tx, stored, context) => run(tx, schema.parse(stored), context),
    }
  }
  const { runOutside } = options
  return {
    ...shared,
    runOutside: (services, stored, context) => runOutside(services, schema.parse(stored), context),
  }
}
