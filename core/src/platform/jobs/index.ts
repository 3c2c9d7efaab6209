/**
 * Background work whose truth is a row: written with the change, run at least once, done once.
 *
 * @module
 */

export { job, jobLeader } from './job.table.ts'
export { defineJob, type Job, type JobContext, type JobKind } from './job.ts'
export {
  type EnqueueOptions,
  type JobRow,
  JobsRepository,
} from './jobs.repository.ts'
