import { sql } from 'drizzle-orm'
import { check, integer, text, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../platform/database/index.ts'
import { userAccount } from '../users/index.ts'

/** People who belong together. */
export const group = gramkit.table(
  'group',
  {
    id: uuid().primaryKey(),
    title: text().notNull(),
    createdBy: uuid()
      .notNull()
      .references(() => userAccount.id),
    /** Kept by a trigger on the members; the application cannot write it. */
    memberCount: integer().notNull().default(0),
    memberMax: integer().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    check('group_title_check', sql`char_length(${table.title}) between 1 and 128`),
    // Refuses whoever is one too many, however many join at once.
    check('group_member_count_check', sql`${table.memberCount} between 0 and ${table.memberMax}`),
  ],
)
