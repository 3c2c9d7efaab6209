import { and, eq, notInArray } from 'drizzle-orm'
import type { Executor } from '../../../platform/database/index.ts'
import { subscriptionGift, subscriptionTrial } from './grant.table.ts'
import type { Gift, Trial } from './grant.ts'

/** Trials and gifts. */
export class GrantsRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Writes down a trial; false when the user has had one of this plan group. */
  async insertTrial(trial: Trial): Promise<boolean> {
    const inserted = await this.#db
      .insert(subscriptionTrial)
      .values(trial)
      .onConflictDoNothing()
      .returning({ userId: subscriptionTrial.userId })
    return inserted.length === 1
  }

  /** The trial that a user had of a plan group, or undefined. */
  async findTrial(userId: string, planGroup: string): Promise<Trial | undefined> {
    const [row] = await this.#db
      .select()
      .from(subscriptionTrial)
      .where(and(eq(subscriptionTrial.userId, userId), eq(subscriptionTrial.planGroup, planGroup)))
    return row
  }

  /** Counts the trials that a guest had as the user's, of each plan group the user had none of. */
  async moveTrials({
    guestId,
    userId,
  }: {
    readonly guestId: string
    readonly userId: string
  }): Promise<void> {
    const had = this.#db
      .select({ planGroup: subscriptionTrial.planGroup })
      .from(subscriptionTrial)
      .where(eq(subscriptionTrial.userId, userId))
    await this.#db
      .update(subscriptionTrial)
      .set({ userId })
      .where(
        and(eq(subscriptionTrial.userId, guestId), notInArray(subscriptionTrial.planGroup, had)),
      )
  }

  /** Takes the id of a gift; false when it is taken, after whoever took it is done. */
  async insertGift(gift: Omit<Gift, 'subscriptionId'>): Promise<boolean> {
    const inserted = await this.#db
      .insert(subscriptionGift)
      .values(gift)
      .onConflictDoNothing({ target: subscriptionGift.id })
      .returning({ id: subscriptionGift.id })
    return inserted.length === 1
  }

  /** Says what a gift has become. */
  async updateGift(
    id: string,
    changes: Partial<Pick<Gift, 'subscriptionId' | 'addedMs' | 'takenBackAt'>>,
  ): Promise<void> {
    await this.#db.update(subscriptionGift).set(changes).where(eq(subscriptionGift.id, id))
  }

  /** Reads a gift, or undefined. */
  async findGift(id: string): Promise<Gift | undefined> {
    const [row] = await this.#db.select().from(subscriptionGift).where(eq(subscriptionGift.id, id))
    return row
  }

  /** Reads a gift and keeps others from changing it until the transaction ends. */
  async findGiftWithLock(id: string): Promise<Gift | undefined> {
    const [row] = await this.#db
      .select()
      .from(subscriptionGift)
      .where(eq(subscriptionGift.id, id))
      .for('update')
    return row
  }
}
