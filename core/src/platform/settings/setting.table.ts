import { sql } from 'drizzle-orm'
import { check, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../database/index.ts'

/** Every version of every setting, each with who made it and why. Append-only. */
export const setting = gramkit.table(
  'setting',
  {
    name: text().notNull(),
    version: integer().notNull(),
    value: jsonb().$type<unknown>().notNull(),
    actor: text().notNull(),
    reason: text().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'setting_pkey', columns: [table.name, table.version] }),
    check('setting_version_check', sql`${table.version} >= 1`),
  ],
)
