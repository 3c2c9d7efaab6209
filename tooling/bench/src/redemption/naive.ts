/**
 * The same use of a code as it is usually written with drizzle: the invitation is selected for
 * update, checked, and written back one statement after the other.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, text, uuid } from 'drizzle-orm/pg-core'
import type pg from 'pg'
import { copyTables, instant, naive, outboxEvent, type Transaction } from '../naive.ts'

const invitation = naive.table('invitation', {
  id: uuid().primaryKey(),
  code: text().notNull(),
  codeKey: text().notNull(),
  createdBy: text().notNull(),
  status: text().notNull(),
  usageLimit: integer(),
  useCount: integer().notNull(),
  expiresAt: instant(),
  recipient: text(),
})
const invitationUse = naive.table('invitation_use', {
  id: uuid().primaryKey(),
  invitationId: uuid().notNull(),
  usedBy: text().notNull(),
  usedAt: instant().notNull(),
})

/** Makes tables with the same columns, indexes and checks. */
export async function createNaiveTables(admin: pg.Pool): Promise<void> {
  await copyTables(
    admin,
    ['invitation', 'invitation_use', 'outbox_event'],
    'alter table naive.invitation_use add foreign key (invitation_id) references naive.invitation (id);',
  )
}

/** Opens the way to use codes over a pool. */
export function openNaive(pool: pg.Pool): (code: string, usedBy: string) => Promise<void> {
  const db = drizzle(pool, { casing: 'snake_case' })
  return (code, usedBy) => db.transaction((tx) => use(tx, code, usedBy))
}

async function use(tx: Transaction, code: string, usedBy: string): Promise<void> {
  const now = new Date()
  const [found] = await tx
    .select()
    .from(invitation)
    .where(eq(invitation.codeKey, code.toUpperCase()))
    .for('update')
  if (found?.status !== 'active') throw new Error('This invitation cannot be used')
  if (found.expiresAt && found.expiresAt <= now) throw new Error('It has expired')
  if (found.recipient && found.recipient !== usedBy) throw new Error('It is for somebody else')
  if (found.createdBy === usedBy) throw new Error('It is their own')
  const [known] = await tx
    .select()
    .from(invitationUse)
    .where(and(eq(invitationUse.invitationId, found.id), eq(invitationUse.usedBy, usedBy)))
  if (known) throw new Error('They have used it before')
  await tx
    .insert(invitationUse)
    .values({ id: randomUUID(), invitationId: found.id, usedBy, usedAt: now })
  const useCount = found.useCount + 1
  const isExhausted = useCount === found.usageLimit
  await tx
    .update(invitation)
    .set({ useCount, status: isExhausted ? 'used' : 'active' })
    .where(eq(invitation.id, found.id))
  await tx.insert(outboxEvent).values({
    id: randomUUID(),
    name: 'invitation.used',
    version: 1,
    occurredAt: now,
    subjectId: found.id,
    userId: null,
    payload: {
      invitationId: found.id,
      code: found.code,
      usedBy,
      usedAt: now.toISOString(),
      useCount,
      remainingUses: found.usageLimit === null ? null : found.usageLimit - useCount,
      isExhausted,
    },
  })
}
