import type { EntryStatus } from './entry.ts'
import type { EstimatedWait } from './estimated-wait.ts'
import type { ScoreComponents } from './score.ts'

/** Where somebody is in the queue, and why there. */
export interface Place {
  readonly status: EntryStatus
  /** 1 is next; null for who does not wait. Of an unconfirmed entry what it would be. */
  readonly position: number | null
  /** How many people wait, who asks among them. */
  readonly totalWaiting: number
  readonly estimatedWait: EstimatedWait | null
  readonly score: number
  readonly components: ScoreComponents
  /** The version of the weights that the score was made by. */
  readonly weightsVersion: number
}
