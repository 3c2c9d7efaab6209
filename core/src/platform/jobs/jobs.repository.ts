import { newId } from '../../kernel/index.ts'
import { BaseRepository, type Executor } from '../database/index.ts'
import { job } from './job.table.ts'
import type { JobKind } from './job.ts'

/** A job as it is stored. */
export type JobRow = typeof job.$inferSelect

/** When and in which order a job runs. */
export interface EnqueueOptions {
  /** Not before this instant. [at once] */
  readonly runAt?: Date
  /** Jobs of one key run one after the other, in the order of writing. */
  readonly orderKey?: string
  /** A second job of the same name and key is not written. */
  readonly dedupeKey?: string
}

/** The instant of jobs that are due as soon as they are written. */
const AT_ONCE = new Date(0)

/** Writes jobs beside the change that asks for them, and keeps their state. */
export class JobsRepository extends BaseRepository<typeof job> {
  constructor(db: Executor) {
    super(db, job)
  }

  /** Writes a job in the caller's transaction; a trigger wakes the relay when it commits. */
  async enqueue<Payload>(
    kind: JobKind<Payload>,
    payload: NoInfer<Payload>,
    { runAt = AT_ONCE, orderKey, dedupeKey }: EnqueueOptions = {},
  ): Promise<void> {
    await this.db
      .insert(job)
      .values({
        id: newId(),
        name: kind.name,
        payload: kind.schema.parse(payload),
        attemptsMax: kind.attemptsMax,
        runAt,
        orderKey,
        dedupeKey,
      })
      .onConflictDoNothing({ target: [job.name, job.dedupeKey] })
  }
}
