/**
 * Background work whose truth is a row: written with the change, run at least once, done once.
 *
 * @module
 */
export { backoffMs, errorText } from './backoff.ts'
export type { DueWork } from './due-work.ts'
export { job, jobLeader } from './job.table.ts'
export { defineJob, type Job, type JobContext, type JobKind } from './job.ts'
export type { JobsScope } from './job-runner.ts'
export { JobNotDead, JobTimedOut, NothingSettles } from './jobs.errors.ts'
export { type EnqueueOptions, type JobRow, JobsRepository, type NewJob } from './jobs.repository.ts'
export type { JobsLogger } from './logger.ts'
export type { Settled } from './settle.ts'
export { type JobsOptions, type JobsRole, type JobsRuntime, startJobs } from './start-jobs.ts'
export { type EventSubscription, subscribe } from './subscription.ts'
export type {
  JobTransport,
  QueueMessage,
  Tick,
  TransportWorker,
  WorkerOptions,
} from './transport.ts'
