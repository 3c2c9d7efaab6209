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
 * All scheduled work is run once, as some has no instant at which it falls due; then only what is due.
 *
 * @throws {@link NothingSettles} when something stays due although nobody works it
 */
export async function settle<Services extends JobsScope>(
  options: SettleOptions<Services>,
): Promise<Settled> {
  let worked = 0
  let due = options.dueWork
  let rest: Look<Services> | undefined
  let restingSince = performance.now()
  for (;;) {
    const round = await workOnce(options, due)
    worked += round
    if (round === 0 && rest) return { worked, nextDueAt: rest.nextDueAt }
    const found = await look(options)
    const isResting = found.still.length === 0
    if (round === 0 && isResting) return { worked, nextDueAt: found.nextDueAt }
    due = found.due
    rest = isResting ? found : undefined
    if (round > 0) {
      restingSince = performance.now()
      continue
    }
    if (performance.now() - restingSince > options.timeoutMs) {
      const still = found.still.join(', ')
      throw new NothingSettles({ still, timeoutMs: options.timeoutMs })
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}

async function workOnce<Services extends JobsScope>(
  { database, host, runner, jobNames: names, subscriptions }: SettleOptions<Services>,
  dueWork: readonly DueWork<Services>[],
): Promise<number> {
  let worked = await relayEvents(database, subscriptions, host.clock)
  const runnable = await new JobsRepository(database.executor).listRunnable({
    names,
    now: host.clock.now(),
    limit: BATCH,
  })
  for (const job of runnable) {
    if ((await runner.run(job)) !== 'skipped') worked += 1
  }
  for (const work of dueWork) {
    let batch: number
    do worked += batch = await work.runDue(host.services)
    while (batch > 0)
  }
  return worked
}

/** What is due, and when something falls due next. */
interface Look<Services> {
  /** Names of what is due. */
  readonly still: readonly string[]
  readonly due: readonly DueWork<Services>[]
  readonly nextDueAt: Date | null
}

async function look<Services extends JobsScope>({
  database,
  host,
  jobNames: names,
  dueWork,
}: SettleOptions<Services>): Promise<Look<Services>> {
  const now = host.clock.now()
  const jobs = new JobsRepository(database.executor)
  const isAnyDue = await jobs.isAnyDue({ names, now })
  const instants = [await jobs.nextRunAt({ names, now })]
  const due: DueWork<Services>[] = []
  for (const work of dueWork) {
    const at = await work.nextDueAt(host.services)
    if (at && at <= now) due.push(work)
    instants.push(at)
  }
  const still = [...(isAnyDue ? ['jobs'] : []), ...due.map(({ name }) => name)]
  const [first] = instants.filter((at) => at !== null).sort((a, b) => a.getTime() - b.getTime())
  return { still, due, nextDueAt: first ?? null }
}
