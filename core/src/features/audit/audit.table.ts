import { bigint, index, jsonb, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../platform/database/index.ts'

/** Who did what, written in the transaction of the change. Append-only. */
export const auditEntry = gramkit.table(
  'audit_entry',
  {
    id: uuid().primaryKey(),
    /** One hash chain for each stream. */
    stream: text().notNull().default('core'),
    actor: text().notNull(),
    action: text().notNull(),
    subject: text().notNull(),
    facts: jsonb().$type<Record<string, string>>().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    index('audit_entry_subject_index').on(table.subject, table.id),
    index('audit_entry_stream_index').on(table.stream, table.id),
  ],
)

/** Entries that wait for the sealer; triggers on the other two write it. */
export const auditUnsealed = gramkit.table(
  'audit_unsealed',
  {
    entryId: uuid().primaryKey(),
    stream: text().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    index('audit_unsealed_stream_index').on(table.stream, table.createdAt, table.entryId),
  ],
)

/** Links entries into a chain: each hash covers its entry and the hash before. Append-only. */
export const auditSeal = gramkit.table(
  'audit_seal',
  {
    stream: text().notNull(),
    number: bigint({ mode: 'number' }).notNull(),
    entryId: uuid()
      .notNull()
      .references(() => auditEntry.id),
    hash: text().notNull(),
    sealedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'audit_seal_pkey', columns: [table.stream, table.number] }),
    uniqueIndex('audit_seal_entry_id_key').on(table.entryId),
  ],
)
