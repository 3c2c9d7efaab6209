import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm'
import { z } from 'zod'
import { BaseRepository, type Executor, rows } from '../../platform/database/index.ts'
import { referralCode, referralReward } from './referral.table.ts'

/** What somebody was given. */
export type Reward = typeof referralReward.$inferSelect

/** A code that was minted out of rewards, as it stands. */
export interface EarnedCode {
  readonly invitationId: string
  readonly code: string
  readonly status: 'active' | 'used' | 'expired' | 'revoked'
  readonly expiresAt: Date | null
}

/** What was given for referrals, and the codes that were minted out of it. */
export class RewardsRepository extends BaseRepository<typeof referralReward> {
  constructor(db: Executor) {
    super(db, referralReward)
  }

  /** What somebody has been given and still has. */
  listLive(entryId: string): Promise<Reward[]> {
    return this.db
      .select()
      .from(referralReward)
      .where(and(eq(referralReward.entryId, entryId), isNull(referralReward.clawedBackAt)))
      .orderBy(asc(referralReward.id))
  }

  /** Writes a reward; undefined when its tier was given already. */
  async insertNew(reward: typeof referralReward.$inferInsert): Promise<Reward | undefined> {
    const [row] = await this.db
      .insert(referralReward)
      .values(reward)
      .onConflictDoNothing()
      .returning()
    return row
  }

  /** Takes back what asks for more referrals than there are, and gives what was taken: each once. */
  clawBackAbove(entryId: string, qualified: number, at: Date): Promise<Reward[]> {
    return this.db
      .update(referralReward)
      .set({ clawedBackAt: at })
      .where(
        and(
          eq(referralReward.entryId, entryId),
          isNull(referralReward.clawedBackAt),
          gt(referralReward.threshold, qualified),
        ),
      )
      .returning()
  }

  /** Writes which codes were minted for somebody. */
  async insertCodes(
    entryId: string,
    invitationIds: readonly string[],
    createdAt: Date,
  ): Promise<void> {
    await this.db
      .insert(referralCode)
      .values(invitationIds.map((invitationId) => ({ entryId, invitationId, createdAt })))
  }

  /** Whose an earned code is. */
  async findOwner(invitationId: string): Promise<string | undefined> {
    const [row] = await this.db
      .select({ entryId: referralCode.entryId })
      .from(referralCode)
      .where(eq(referralCode.invitationId, invitationId))
    return row?.entryId
  }

  /** The codes that were minted for somebody, the newest first. */
  listCodes(entryId: string, limit: number): Promise<EarnedCode[]> {
    return rows(
      this.db,
      sql`
        select i.id as "invitationId", i.code, i.status, i.expires_at as "expiresAt"
        from ${referralCode} c join gramkit.invitation i on i.id = c.invitation_id
        where c.entry_id = ${entryId} order by c.created_at desc, i.id desc limit ${limit}`,
      z.object({
        invitationId: z.uuid(),
        code: z.string(),
        status: z.enum(['active', 'used', 'expired', 'revoked']),
        expiresAt: z.coerce.date().nullable(),
      }),
    )
  }
}
