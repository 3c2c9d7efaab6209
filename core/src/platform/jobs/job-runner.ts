import { addMs } from '../../kernel/index.ts'
import type { Database, ServicesHost } from '../database/index.ts'
import { backoffMs, errorText } from './backoff.ts'
import type { Job, JobContext } from './job.ts'
import { isWorthRetrying, JobTimedOut } from './jobs.errors.ts'
import { type JobRow, JobsRepository } from './jobs.repository.ts'
import type { JobsLogger } from './logger.ts'

/** What job handlers' scopes must offer to the runtime. */
export interface JobsScope {
  readonly repos: { readonly jobs: JobsRepository }
}

/** What became of one attempt to run a job; `skipped` when it was not there to be run. */
export type JobOutcome = 'done' | 'failed' | 'skipped'

/** Time beyond its timeout that a try outside a transaction keeps others away. */
const LEASE_MARGIN_MS = 1_000

/** Runs single jobs against their rows, once in effect however often it is asked to. */
export class JobRunner<Services extends JobsScope> {
  readonly #database: Database
  readonly #host: ServicesHost<Services>
  readonly #jobs: ReadonlyMap<string, Job<Services>>
  readonly #logger: JobsLogger

  constructor(options: {
    readonly database: Database
    readonly host: ServicesHost<Services>
    readonly jobs: ReadonlyMap<string, Job<Services>>
    readonly logger: JobsLogger
  }) {
    this.#database = options.database
    this.#host = options.host
    this.#jobs = options.jobs
    this.#logger = options.logger
  }

  /** Runs a job if it may run now; rejects only when the database cannot be reached. */
  async run({ id, name }: Pick<JobRow, 'id' | 'name'>): Promise<JobOutcome> {
    const job = this.#jobs.get(name)
    if (!job) return 'skipped'
    const attempt = new Attempt(job)
    try {
      const { run, runOutside } = job
      if (run) await attempt.race(this.#inside(id, attempt, run))
      else if (runOutside) await this.#outside(id, attempt, runOutside)
      return attempt.row ? 'done' : 'skipped'
    } catch (thrown) {
      if (!attempt.row) throw thrown
      await this.#fail(job, attempt.row, attempt.signal.aborted ? attempt.signal.reason : thrown)
      return 'failed'
    } finally {
      await attempt.end()
    }
  }

  async #inside(
    id: string,
    attempt: Attempt,
    run: (tx: Services, payload: unknown, context: JobContext) => Promise<void>,
  ): Promise<void> {
    await this.#host.transaction(async (tx) => {
      const found = await tx.repos.jobs.lockRunnable(id, this.#host.clock.now())
      if (!found) return
      // Ending the session is the only way to stop statements that a late handler still sends.
      const context = attempt.begin(found.row, () =>
        new JobsRepository(this.#database.executor).endSession(found.transaction),
      )
      try {
        await run(tx, found.row.payload, context)
      } finally {
        // Given back while it is being ended, the session would end under somebody else's statement.
        await attempt.end()
      }
      context.signal.throwIfAborted()
      await tx.repos.jobs.markDone(id, this.#host.clock.now())
    })
  }

  async #outside(
    id: string,
    attempt: Attempt,
    runOutside: (services: Services, payload: unknown, context: JobContext) => Promise<void>,
  ): Promise<void> {
    const row = await this.#database.transaction(async (tx) => {
      const jobs = new JobsRepository(tx)
      const found = await jobs.lockRunnable(id, this.#host.clock.now())
      if (found) await jobs.lease(id, attempt.timeoutMs + LEASE_MARGIN_MS)
      return found?.row
    })
    if (!row) return
    const context = attempt.begin(row)
    await attempt.race(runOutside(this.#host.services, row.payload, context))
    await new JobsRepository(this.#database.executor).markDone(id, this.#host.clock.now())
  }

  async #fail(job: Job<Services>, row: JobRow, error: unknown): Promise<void> {
    const at = this.#host.clock.now()
    const failures = row.attempts + 1
    const isOver = failures >= row.attemptsMax || !isWorthRetrying(error)
    const retryAt = isOver ? 'dead' : addMs(at, backoffMs(job.backoffMs, failures))
    await new JobsRepository(this.#database.executor).markFailed(row, {
      error: errorText(error),
      at,
      retryAt,
    })
    const facts = { job: job.name, jobId: row.id, attempt: failures, err: error }
    if (isOver) this.#logger.error(facts, 'a job was put aside as dead')
    else this.#logger.warn(facts, 'a job failed and will be tried again')
  }
}

/** One try of a job and its deadline. */
class Attempt {
  row: JobRow | undefined
  readonly timeoutMs: number
  readonly #name: string
  readonly #abort = new AbortController()
  readonly #timeUp = Promise.withResolvers<never>()
  #timer: NodeJS.Timeout | undefined
  #stopped: PromiseLike<unknown> | undefined

  constructor({ name, timeoutMs }: { readonly name: string; readonly timeoutMs: number }) {
    this.#name = name
    this.timeoutMs = timeoutMs
    this.#timeUp.promise.catch(() => {})
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Starts the deadline; a transaction that is tried again starts it anew. */
  begin(row: JobRow, stop?: () => PromiseLike<unknown>): JobContext {
    this.row = row
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      const error = new JobTimedOut({ name: this.#name, timeoutMs: this.timeoutMs })
      this.#abort.abort(error)
      const reject = (): void => this.#timeUp.reject(error)
      this.#stopped = stop?.().then(reject, reject)
      if (!stop) reject()
    }, this.timeoutMs)
    return { jobId: row.id, attempt: row.attempts + 1, signal: this.signal }
  }

  /** Waits for the work, but not past the deadline. */
  async race(work: Promise<void>): Promise<void> {
    work.catch(() => {})
    await Promise.race([work, this.#timeUp.promise])
  }

  /** Takes the deadline away; when it has passed, resolves once the work is stopped. */
  async end(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#stopped
  }
}
