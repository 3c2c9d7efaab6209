import { and, asc, eq, isNotNull, isNull, lte, min } from 'drizzle-orm'
import type { Page, PageRequest } from '../../../kernel/index.ts'
import { BaseRepository, type Executor } from '../../../platform/database/index.ts'
import { qualityAlert } from './alert.table.ts'

/** An alert as it is stored. */
export type Alert = typeof qualityAlert.$inferSelect

const BATCH = 20

/** What somebody has to look at. */
export class AlertsRepository extends BaseRepository<typeof qualityAlert> {
  constructor(db: Executor) {
    super(db, qualityAlert)
  }

  /** What is not over, oldest first. */
  listOpen(): Promise<Alert[]> {
    return this.db
      .select()
      .from(qualityAlert)
      .where(isNull(qualityAlert.resolvedAt))
      .orderBy(asc(qualityAlert.id))
  }

  /** One page of the alerts, newest first. */
  listNewest({
    isOpen,
    ...request
  }: PageRequest & { readonly isOpen?: boolean | undefined }): Promise<Page<Alert>> {
    const { resolvedAt } = qualityAlert
    const condition =
      isOpen === undefined ? undefined : isOpen ? isNull(resolvedAt) : isNotNull(resolvedAt)
    return this.listWhere(condition, request, 'newest_first')
  }

  /** Locks a batch of those that are to be told again, leaving out what others hold. */
  lockDue(now: Date): Promise<Alert[]> {
    return this.db
      .select()
      .from(qualityAlert)
      .where(lte(qualityAlert.nextEscalationAt, now))
      .orderBy(asc(qualityAlert.nextEscalationAt))
      .limit(BATCH)
      .for('update', { skipLocked: true })
  }

  /** When the next one is to be told again, or null. */
  async findNextDueAt(): Promise<Date | null> {
    const [next] = await this.db
      .select({ at: min(qualityAlert.nextEscalationAt) })
      .from(qualityAlert)
    return next?.at ?? null
  }

  /** Writes down who looks at an alert that is open; false when somebody does already or it is over. */
  async acknowledge(
    id: string,
    by: { readonly actor: string; readonly at: Date },
  ): Promise<boolean> {
    const done = await this.db
      .update(qualityAlert)
      .set({ acknowledgedAt: by.at, acknowledgedBy: by.actor, nextEscalationAt: null })
      .where(
        and(
          eq(qualityAlert.id, id),
          isNull(qualityAlert.acknowledgedAt),
          isNull(qualityAlert.resolvedAt),
        ),
      )
      .returning({ id: qualityAlert.id })
    return done.length === 1
  }
}
