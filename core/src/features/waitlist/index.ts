/**
 * The waitlist: who wants to be let in, in the order of a score, and how they get in: batches of
 * bound invitations, and admissions.
 *
 * Positions are computed when they are asked for, from counts that the database keeps, so they are
 * right after every join, invitation and change of weights.
 *
 * @module
 */
export { waitlistAdmission } from './admissions/admission.table.ts'
export { type Admission, makerOf } from './admissions/admission.ts'
export { AdmissionsRepository } from './admissions/admissions.repository.ts'
export {
  type AdmissionsScope,
  AdmissionsService,
  type EarnedCodes,
  type Redemption,
} from './admissions/admissions.service.ts'
export { waitlistBatch, waitlistInvite } from './batches/batch.table.ts'
export {
  BATCH_SIZE_MAX,
  type Batch,
  type GeneratedBatch,
  type Invite,
  type InviteOutcome,
  type NewBatch,
} from './batches/batch.ts'
export {
  BatchesRepository,
  type CodeFilter,
  type IssuedCode,
} from './batches/batches.repository.ts'
export type { BatchesScope } from './batches/batches.scope.ts'
export { BatchesService } from './batches/batches.service.ts'
export { type Plan, planSchema, waitlistPlan } from './batches/plan.ts'
export { EntriesRepository, type EntryFilter } from './entries.repository.ts'
export {
  waitlistBucketCount,
  waitlistClass,
  waitlistClassCount,
  waitlistEntry,
} from './entry.table.ts'
export { ENTRY_STATUSES, type Entry, type EntryStatus } from './entry.ts'
export { type EstimatedWait, type Waits, waitlistWaits } from './estimated-wait.ts'
export { type Experiment, experimentSchema, waitlistExperiment } from './experiments/experiment.ts'
export { ExperimentsRepository } from './experiments/experiments.repository.ts'
export { type ExperimentsScope, ExperimentsService } from './experiments/experiments.service.ts'
export type { CohortReport, Simulation } from './experiments/simulation.ts'
export { sendWaitlistMail, type ToldEntry } from './messages/messages.jobs.ts'
export { type MessagesScope, MessagesService } from './messages/messages.service.ts'
export { WAITLIST_TEMPLATES, type WaitlistFacts } from './messages/waitlist-templates.ts'
export { waitlistPart } from './person-part.ts'
export type { Place } from './place.ts'
export { PlacesRepository } from './places.repository.ts'
export {
  COHORTS,
  type Cohort,
  type Features,
  PERSONAS,
  type Persona,
  type ScoreComponents,
  type Weights,
  waitlistWeights,
  weightsSchema,
} from './score.ts'
export {
  AlreadyAdmitted,
  AlreadyJoined,
  BatchDiffers,
  CodeNotFound,
  ConfirmationGone,
  EntryNotFound,
  ExperimentNotRunning,
  ExperimentRunning,
  GuestsNotListed,
  InviteEnded,
  OwnCode,
  WaitlistUnavailable,
} from './waitlist.errors.ts'
export {
  batchGenerated,
  waitlistAdmitted,
  waitlistConfirmed,
  waitlistInvited,
  waitlistJoined,
  waitlistLapsed,
  waitlistLeft,
  waitlistRequeued,
} from './waitlist.events.ts'
export {
  forgetUnconfirmedEntries,
  inviteByPlan,
  requeueExpiredInvites,
  warnExpiringInvites,
} from './waitlist.jobs.ts'
export type { WaitlistScope } from './waitlist.scope.ts'
export {
  type EntryKey,
  type Joined,
  type NewJoin,
  WaitlistService,
  type WaitlistStats,
} from './waitlist.service.ts'
export type { WaitlistOptions } from './waitlist-options.ts'
