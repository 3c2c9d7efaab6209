import type { Clock } from '../../kernel/index.ts'
import type { Database } from '../database/index.ts'
import type { DueWorkRunner } from './due-work-runner.ts'
import type { JobRunner, JobsScope } from './job-runner.ts'
import { JobsRepository } from './jobs.repository.ts'
import type { JobsLogger } from './logger.ts'
import { startLoop } from './loop.ts'
import type { JobTransport, QueueMessage } from './transport.ts'

interface WorkerSetup<Services extends JobsScope> {
  readonly database: Database
  readonly clock: Clock
  readonly transport: JobTransport
  readonly logger: JobsLogger
  readonly runner: JobRunner<Services>
  readonly ticker: DueWorkRunner<Services>
  readonly names: readonly string[]
  readonly concurrency: number
  readonly staleMs: number
}

/**
 * Starts to work what the queue brings; answers how to stop.
 *
 * A queue's worker may fall silent after its server went away and came back. When jobs that were
 * handed over more than once are still due while this worker hears nothing, it is built anew.
 */
export async function startWorker<Services extends JobsScope>(
  setup: WorkerSetup<Services>,
): Promise<() => Promise<void>> {
  const { database, clock, transport, logger, runner, ticker, names, staleMs } = setup
  let heardAt = performance.now()

  const take = async (message: QueueMessage): Promise<void> => {
    heardAt = performance.now()
    try {
      if (message.kind === 'tick') await ticker.tick(message.name)
      else await runner.run(message)
    } catch (error) {
      logger.error({ ...message, err: error }, 'a message was given up; its row brings it back')
    }
  }
  const start = () => transport.startWorker({ concurrency: setup.concurrency, take })

  let worker = await start()
  const watchdog = startLoop({
    everyMs: staleMs,
    async round() {
      if (performance.now() - heardAt < staleMs) return false
      const jobs = new JobsRepository(database.executor)
      if (!(await jobs.isAnyForgotten({ names, now: clock.now() }))) return false
      logger.warn({}, 'due jobs are not brought to an idle worker; building it anew')
      await worker.close()
      worker = await start()
      heardAt = performance.now()
      return false
    },
    onError: (error) => logger.warn({ err: error }, 'looking after the worker failed'),
  })
  return async () => {
    await watchdog.stop()
    await worker.close()
  }
}
