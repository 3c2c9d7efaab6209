import { assert, newId } from '../../kernel/index.ts'
import type { Database, ServicesHost } from '../database/index.ts'
import type { DueWork } from './due-work.ts'
import { DueWorkRunner } from './due-work-runner.ts'
import type { Job } from './job.ts'
import { JobRunner, type JobsScope } from './job-runner.ts'
import type { JobsLogger } from './logger.ts'
import { startRelay } from './relay.ts'
import { type Settled, settle } from './settle.ts'
import { deliveryJobs, type EventSubscription } from './subscription.ts'
import type { JobTransport } from './transport.ts'
import { startWorker } from './worker.ts'

/** What a process does about jobs: hands them over, or works them. */
export type JobsRole = 'relay' | 'worker'

/** Everything that background work is made of. */
export interface JobsOptions<Services extends JobsScope> {
  readonly database: Database
  readonly host: ServicesHost<Services>
  readonly jobs?: readonly Job<Services>[]
  readonly subscriptions?: readonly EventSubscription<Services>[]
  /** Scheduled work, the inbox's `retries()` among it. */
  readonly dueWork?: readonly DueWork<Services>[]
  readonly logger: JobsLogger
  /** None is right for a process that only settles, such as a test. [none] */
  readonly roles?: readonly JobsRole[]
  /** Needed for any role; closed together with the jobs. */
  readonly transport?: JobTransport
  /** Jobs one worker runs at once; each holds a connection. [5] */
  readonly concurrency?: number
  /** Longest time until a row is noticed when no notification told of it. [1 000] */
  readonly pollMs?: number
  /** Time after which a job that nobody came for is handed over again. [30 000] */
  readonly staleMs?: number
  /** Longest that settling waits for work in other hands. [60 000] */
  readonly settleTimeoutMs?: number
}

/** Running background work. */
export interface JobsRuntime extends AsyncDisposable {
  /** Does everything that is due at `clock.now()` until nothing is left, here and elsewhere. */
  settle(): Promise<Settled>
  /** Ends within seconds; what was not finished stays in its row. */
  close(): Promise<void>
}

/**
 * Starts the background work of a process.
 *
 * @example
 * const jobs = await startJobs({
 *   database, host: platform, logger, roles: ['relay', 'worker'],
 *   transport: bullmqOnPostgres({ url: databaseUrl }),
 *   jobs: CORE_JOBS, dueWork: [...CORE_DUE_WORK, inbox.retries()],
 * })
 */
export async function startJobs<Services extends JobsScope>(
  options: JobsOptions<Services>,
): Promise<JobsRuntime> {
  const { database, host, logger, transport } = options
  const { subscriptions = [], dueWork = [], roles = [] } = options
  const { concurrency = 5, pollMs = 1_000, staleMs = 30_000, settleTimeoutMs = 60_000 } = options
  const all = [...(options.jobs ?? []), ...deliveryJobs(subscriptions)]
  const names = all.map(({ name }) => name)
  assertUnique(names)
  assertUnique(dueWork.map(({ name }) => name))
  const runner = new JobRunner({
    database,
    host,
    logger,
    jobs: new Map(all.map((job) => [job.name, job])),
  })
  const ticker = new DueWorkRunner(dueWork, host, logger)
  const closings: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    ticker.stop()
    // What feeds the workers ends first, the connections last.
    for (const closing of closings.splice(0)) {
      await closing().catch((error) =>
        logger.warn({ err: error }, 'a part of the jobs closed badly'),
      )
    }
  }

  if (roles.length > 0) assert(transport, 'Jobs need a transport for their roles')
  if (transport) {
    const shared = { database, clock: host.clock, transport, names, logger, staleMs }
    try {
      if (roles.includes('relay')) {
        const ticks = dueWork.map(({ name, everyMs }) => ({ name, everyMs }))
        const holderId = newId()
        closings.push(await startRelay({ ...shared, subscriptions, ticks, pollMs, holderId }))
      }
      if (roles.includes('worker')) {
        closings.push(await startWorker({ ...shared, runner, ticker, concurrency }))
      }
    } finally {
      closings.push(() => transport.close())
    }
  }
  return {
    settle: () =>
      settle({
        database,
        host,
        runner,
        jobNames: names,
        subscriptions,
        dueWork,
        timeoutMs: settleTimeoutMs,
      }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function assertUnique(names: readonly string[]): void {
  for (const name of names) {
    assert(/^[a-z][a-z0-9_.]*$/.test(name), `${name} is not a name like feature.imperative`)
  }
  assert(new Set(names).size === names.length, `Two of these share a name: ${names.join(', ')}`)
}
