import type { Clock } from '../../kernel/index.ts'

/** Part of a scope: opens a transaction, or joins the one that is open already. */
export interface Transactional<Scope> {
  /**
   * Runs work on the same scope bound to one transaction, which commits when the work is done and
   * rolls back when it throws. Inside an open transaction the work simply joins it.
   */
  transaction<T>(work: (tx: Scope) => Promise<T>): Promise<T>
}

/** What an edge (HTTP plugin, bot composer, job) sees of a platform. */
export interface ServicesHost<Services> extends Transactional<Services> {
  readonly services: Services
  readonly clock: Clock
}
