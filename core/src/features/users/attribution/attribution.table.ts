import { sql } from 'drizzle-orm'
import { check, index, text, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'
import { userAccount } from '../user.table.ts'

/** Where somebody came from when they came first. */
export const userAttribution = gramkit.table(
  'user_attribution',
  {
    userId: uuid()
      .primaryKey()
      .references(() => userAccount.id),
    source: text(),
    invitation: text(),
    via: text({ enum: ['start', 'startapp', 'web'] }).notNull(),
    firstAt: instant().notNull(),
  },
  (table) => [
    // Many people come from one source.
    index('user_attribution_source_index').on(table.source),
    // As codes are compared: who came by an invitation that is forgotten is found by it.
    index('user_attribution_invitation_index').on(sql`upper(${table.invitation} collate "C")`),
    check('user_attribution_source_check', sql`${table.source} ~ '^[A-Za-z0-9_.-]{1,64}$'`),
    check('user_attribution_invitation_check', sql`${table.invitation} ~ '^[A-Za-z0-9_-]{1,64}$'`),
    check('user_attribution_via_check', sql`${table.via} in ('start', 'startapp', 'web')`),
    check(
      'user_attribution_known_check',
      sql`num_nonnulls(${table.source}, ${table.invitation}) >= 1`,
    ),
  ],
)
