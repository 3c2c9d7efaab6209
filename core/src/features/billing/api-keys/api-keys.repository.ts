import { and, eq, isNull, lt, or } from 'drizzle-orm'
import { type Executor, TenantRepository } from '../../../platform/database/index.ts'
import { billingApiKey } from './api-key.table.ts'

/** API keys of one tenant. */
export class ApiKeysRepository extends TenantRepository<typeof billingApiKey> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingApiKey)
  }

  /** Reads a key by its hash, or undefined. */
  async findByHash(hash: string): Promise<typeof billingApiKey.$inferSelect | undefined> {
    const [row] = await this.db
      .select()
      .from(billingApiKey)
      .where(this.own(eq(billingApiKey.hash, hash)))
    return row
  }

  /** Counts the keys that are not revoked. */
  countLive(): Promise<number> {
    return this.db.$count(billingApiKey, this.own(isNull(billingApiKey.revokedAt)))
  }

  /** Takes a key back; false when it was, or is not there. */
  async revoke(id: string, revokedAt: Date): Promise<boolean> {
    const revoked = await this.db
      .update(billingApiKey)
      .set({ revokedAt })
      .where(this.own(and(eq(billingApiKey.id, id), isNull(billingApiKey.revokedAt))))
      .returning({ id: billingApiKey.id })
    return revoked.length === 1
  }

  /** Writes down that a key was used on a day, once a day. */
  async touch(id: string, day: string): Promise<void> {
    const { lastUsedOn } = billingApiKey
    await this.db
      .update(billingApiKey)
      .set({ lastUsedOn: day })
      .where(this.own(and(eq(billingApiKey.id, id), or(isNull(lastUsedOn), lt(lastUsedOn, day)))))
  }
}
