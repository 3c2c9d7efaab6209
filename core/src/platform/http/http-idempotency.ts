import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { newId } from '../../kernel/index.ts'
import { type Executor, rows } from '../database/index.ts'
import { AnswerErased, IdempotencyConflict, IdempotencyInProgress } from './http.errors.ts'
import { toProblem } from './problem.ts'

/** An answer as it went over the wire. */
export interface StoredAnswer {
  readonly status: number
  readonly body: string
}

/** What one run of the work came to. */
export interface RunOutcome {
  readonly answer: StoredAnswer
  /** Whether a later request with the key gets this answer too, instead of another run. */
  readonly isFinal: boolean
}

/** One request that carries an idempotency key. */
export interface KeyedRequest {
  /** Who asks, and which route. */
  readonly scope: string
  readonly key: string
  /** SHA-256 of what is asked. */
  readonly fingerprint: string
}

/** Deletes the answers that a user's requests got: they may repeat what the user said. */
export async function forgetAnswers(db: Executor, userId: string): Promise<void> {
  await db.execute(sql`
    delete from gramkit.http_idempotency where starts_with(scope, ${`user:${userId} `})`)
}

/**
 * Blanks the answers to requests of an asker that name something, such as a customer by its id: they
 * may repeat who somebody is. Their keys stay used, so that nothing is done a second time.
 */
export async function blankAnswers(
  db: Executor,
  { asker, names }: { readonly asker: string; readonly names: string },
): Promise<void> {
  const { status, ...problem } = toProblem(new AnswerErased(), newId())
  await db.execute(sql`
    update gramkit.http_idempotency
    set status = ${status}, body = ${JSON.stringify({ ...problem, status })}
    where starts_with(scope, ${`${asker} `}) and position(${names} in body) > 0`)
}

/** How long things may take, in real time: leases guard against processes that died. */
export interface IdempotencySettings {
  /** How long a runner is believed alive without a sign. [10 000] */
  readonly leaseMs?: number
  /** How long a second caller waits for the first one's answer. [15 000] */
  readonly waitMs?: number
}

const POLL_MS = { min: 20, max: 250 }

/**
 * Makes a request that is sent again get the first answer, in any process and after a restart.
 *
 * One caller runs, the others wait for its answer. When the runner dies its lease ends and the next
 * caller runs with the same `operationId`, so work that uses it as the id of what it makes is the
 * same operation again.
 */
export class HttpIdempotency {
  readonly #db: Executor
  readonly #leaseMs: number
  readonly #waitMs: number

  constructor(db: Executor, settings: IdempotencySettings = {}) {
    this.#db = db
    this.#leaseMs = settings.leaseMs ?? 10_000
    this.#waitMs = settings.waitMs ?? 15_000
  }

  /**
   * Runs the work for the first request with a key, and gives all others its answer.
   *
   * @throws {@link IdempotencyConflict} when the key was used with other contents
   * @throws {@link IdempotencyInProgress} when the first request outlasts the wait
   */
  async run(
    request: KeyedRequest,
    work: (operationId: string) => Promise<RunOutcome>,
  ): Promise<StoredAnswer & { readonly isReplay: boolean }> {
    const deadline = performance.now() + this.#waitMs
    for (let pollMs = POLL_MS.min; ; pollMs = Math.min(pollMs * 2, POLL_MS.max)) {
      const entry = await this.#find(request)
      if (entry && entry.fingerprint !== request.fingerprint) throw new IdempotencyConflict()
      if (entry?.status && entry.body !== null) {
        return { status: entry.status, body: entry.body, isReplay: true }
      }
      if (!entry?.isLeased) {
        const runnerId = newId()
        const operationId = await this.#take(request, runnerId)
        if (operationId) return this.#work(request, runnerId, () => work(operationId))
      }
      if (performance.now() + pollMs > deadline) {
        throw new IdempotencyInProgress({ retryAfterSeconds: Math.ceil(this.#leaseMs / 1_000) })
      }
      await delay(pollMs)
    }
  }

  /** Deletes keys that were first used longer ago than anybody retries; gives their number. */
  async removeOld(olderThanDays = 7, limit = 1_000): Promise<number> {
    const removed = await rows(
      this.#db,
      sql`
        delete from gramkit.http_idempotency where (scope, key) in (
          select scope, key from gramkit.http_idempotency
          where created_at < now() - ${olderThanDays}::int * interval '1 day'
          order by created_at limit ${limit}
        ) returning key`,
      z.object({ key: z.string() }),
    )
    return removed.length
  }

  async #find(request: KeyedRequest) {
    const [entry] = await rows(
      this.#db,
      sql`
        select fingerprint, status, body, lease_until > clock_timestamp() as "isLeased"
        from gramkit.http_idempotency where scope = ${request.scope} and key = ${request.key}`,
      z.object({
        fingerprint: z.string(),
        status: z.number().nullable(),
        body: z.string().nullable(),
        isLeased: z.boolean(),
      }),
    )
    return entry
  }

  /** Becomes the runner of a new key, or of one whose runner fell silent; else undefined. */
  async #take(request: KeyedRequest, runnerId: string): Promise<string | undefined> {
    const [taken] = await rows(
      this.#db,
      sql`
        insert into gramkit.http_idempotency as entry
          (scope, key, fingerprint, operation_id, runner_id, lease_until)
        values (${request.scope}, ${request.key}, ${request.fingerprint}, ${newId()}, ${runnerId},
          ${this.#leaseEnd()})
        on conflict (scope, key) do update
          set runner_id = excluded.runner_id, lease_until = excluded.lease_until
          where entry.status is null and entry.lease_until <= clock_timestamp()
            and entry.fingerprint = excluded.fingerprint
        returning operation_id as "operationId"`,
      z.object({ operationId: z.string() }),
    )
    return taken?.operationId
  }

  async #work(
    request: KeyedRequest,
    runnerId: string,
    work: () => Promise<RunOutcome>,
  ): Promise<StoredAnswer & { readonly isReplay: boolean }> {
    const mine = sql`scope = ${request.scope} and key = ${request.key} and runner_id = ${runnerId}`
    const write = async (change: ReturnType<typeof sql>): Promise<void> => {
      await this.#db.execute(
        sql`update gramkit.http_idempotency set ${change} where ${mine} and status is null`,
      )
    }
    const release = () => write(sql`lease_until = clock_timestamp()`)
    let sign = Promise.resolve()
    const alive = setInterval(() => {
      // A lost sign of life only means that somebody else may run the same operation again.
      sign = write(sql`lease_until = ${this.#leaseEnd()}`).catch(() => {})
    }, this.#leaseMs / 3)
    // After the last word a sign of life would keep the next caller waiting for nobody.
    const fallSilent = (): Promise<void> => {
      clearInterval(alive)
      return sign
    }
    try {
      const { answer, isFinal } = await work()
      await fallSilent()
      if (isFinal) await write(sql`status = ${answer.status}, body = ${answer.body}`)
      else await release()
      return { ...answer, isReplay: false }
    } catch (error) {
      await fallSilent()
      // When even this write fails, the lease ends by itself.
      await release().catch(() => {})
      throw error
    }
  }

  #leaseEnd(): ReturnType<typeof sql> {
    return sql`clock_timestamp() + ${this.#leaseMs}::int * interval '1 millisecond'`
  }
}
