import type { ServicesHost } from '../database/index.ts'
import type { DueWork } from './due-work.ts'
import type { JobsLogger } from './logger.ts'

/** Batches one tick works at the most; the next tick goes on from there. */
const BATCHES_MAX = 1_000

/** Works what is due whenever a tick comes, one tick of each kind at once. */
export class DueWorkRunner<Services> {
  readonly #works: ReadonlyMap<string, DueWork<Services>>
  readonly #host: ServicesHost<Services>
  readonly #logger: JobsLogger
  readonly #running = new Set<string>()
  #stopped = false

  constructor(
    works: readonly DueWork<Services>[],
    host: ServicesHost<Services>,
    logger: JobsLogger,
  ) {
    this.#works = new Map(works.map((work) => [work.name, work]))
    this.#host = host
    this.#logger = logger
  }

  /** Works batch after batch until nothing is due; never rejects, as the next tick tries again. */
  async tick(name: string): Promise<void> {
    const work = this.#works.get(name)
    if (!work || this.#running.has(name)) return
    this.#running.add(name)
    try {
      for (let batch = 0; batch < BATCHES_MAX && !this.#stopped; batch++) {
        if ((await work.runDue(this.#host.services)) === 0) return
      }
    } catch (error) {
      this.#logger.error({ work: name, err: error }, 'scheduled work failed')
    } finally {
      this.#running.delete(name)
    }
  }

  /** Starts no further batch. */
  stop(): void {
    this.#stopped = true
  }
}
