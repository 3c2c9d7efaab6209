import type { Database, ServicesHost } from '../database/index.ts'
import type { DueWork } from './due-work.ts'
import type { JobRunner, JobsScope } from './job-runner.ts'
import { NothingSettles } from './jobs.errors.ts'
import { JobsRepository } from './jobs.repository.ts'
import { relayEvents } from './relay.ts'
import type { EventSubscription } from './subscription.ts'

/** What {@link settle} found and did. */
export interface Settled {
  /** Events relayed, jobs tried and due rows worked. */
  readonly worked: number
  /** Earliest instant at which something falls due; null when nothing ever will. */
  readonly nextDueAt: Date | null
}

/** Everything that {@link settle} brings to rest. */
export interface SettleOptions<Services extends JobsScope> {
  readonly database: Database
  readonly host: ServicesHost<Services>
  readonly runner: JobRunner<Services>
  readonly jobNames: readonly string[]
  readonly subscriptions: readonly EventSubscription<Services>[]
  readonly dueWork: readonly DueWork<Services>[]
  readonly timeoutMs: number
}

const BATCH = 100
const LOOK_AGAIN_MS = 20

/**
 * Does everything that is due at `clock.now()`, and what becomes due by that, until a whole round
 * found nothing to do. Works on the rows directly, one after the other, so that it is the same every
 * time; what other processes hold in their hands is waited for.
 *
 * @throws {@link NothingSettles} when something stays due although nobody works it
 */
export async function settle<Services extends JobsScope>(
  options: SettleOptions<Services>,
): Promise<Settled> {
  let worked = 0
  let restingSince = performance.now()
  for (;;) {
    const round = await workOnce(options)
    worked += round
    const now = options.host.clock.now()
    if (round > 0) {
      restingSince = performance.now()
      continue
    }
    const { still, nextDueAt } = await look(options, now)
    if (still.length === 0) return { worked, nextDueAt }
    if (performance.now() - restingSince > options.timeoutMs) {
      throw new NothingSettles({ still: still.join(', '), timeoutMs: options.timeoutMs })
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}

async function workOnce<Services extends JobsScope>(
  options: SettleOptions<Services>,
): Promise<number> {
  const { database, host, runner, jobNames: names, subscriptions, dueWork } = options
  let worked = await relayEvents(database, subscriptions, host.clock)
  const runnable = await new JobsRepository(database.executor).listRunnable({
    names,
    now: host.clock.now(),
    limit: BATCH,
  })
  for (const job of runnable) {
    if ((await runner.run(job)) !== 'skipped') worked += 1
  }
  for (const work of dueWork) worked += await work.runDue(host.services)
  return worked
}

async function look<Services extends JobsScope>(
  { database, host, jobNames: names, dueWork }: SettleOptions<Services>,
  now: Date,
): Promise<{ readonly still: readonly string[]; readonly nextDueAt: Date | null }> {
  const jobs = new JobsRepository(database.executor)
  const still = (await jobs.isAnyDue({ names, now })) ? ['jobs'] : []
  const instants = [await jobs.nextRunAt({ names, now })]
  for (const { name, nextDueAt } of dueWork) {
    const at = await nextDueAt(host.services)
    if (at && at <= now) still.push(name)
    instants.push(at)
  }
  const [first] = instants.filter((at) => at !== null).sort((a, b) => a.getTime() - b.getTime())
  return { still, nextDueAt: first ?? null }
}
