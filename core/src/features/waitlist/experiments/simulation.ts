import type { Cohort, Persona } from '../score.ts'

/** What other weights would do to those who wait. */
export interface Simulation {
  readonly people: number
  /** How many of them were ranked; of fewer than all, the next two are estimates. */
  readonly ranked: number
  /** How many of them would have another position. */
  readonly moved: number
  /** Mean positions. */
  readonly byPersona: readonly {
    readonly persona: Persona
    readonly now: number
    readonly after: number
  }[]
  /** Of the next batch of the plan: who would stay in it, who would not, and who would come instead. */
  readonly nextBatch: { readonly stay: number; readonly leave: number; readonly enter: number }
}

/** How those fared who joined since an experiment started, by their weights. */
export interface CohortReport {
  readonly cohort: Cohort
  readonly joined: number
  readonly invited: number
  readonly admitted: number
  /** Half of those who were invited waited no longer; null when nobody was. */
  readonly hoursToInvite: number | null
}
