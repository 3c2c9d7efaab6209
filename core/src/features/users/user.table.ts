import { sql } from 'drizzle-orm'
import { check, index, text, uuid } from 'drizzle-orm/pg-core'
import { LANGUAGES } from '../../kernel/index.ts'
import { gramkit, instant, int8 } from '../../platform/database/index.ts'

/** A person: a guest of one device, or somebody known by their Telegram identity. */
export const userAccount = gramkit.table(
  'user_account',
  {
    id: uuid().primaryKey(),
    kind: text({ enum: ['guest', 'registered'] }).notNull(),
    telegramId: int8().unique('user_account_telegram_id_key'),
    /** SHA-256 of the key a guest's device keeps; never the key. */
    deviceKeyHash: text().unique('user_account_device_key_hash_key'),
    username: text(),
    firstName: text(),
    lastName: text(),
    languageCode: text(),
    /** What they chose to read; null follows Telegram's language code. */
    language: text({ enum: LANGUAGES }),
    timeZone: text().notNull().default('UTC'),
    role: text({ enum: ['user', 'admin', 'owner'] })
      .notNull()
      .default('user'),
    /** Their first visit on the last day they came. */
    lastSeenAt: instant(),
    /** Since when nobody is this person any more: merged into another, or erased. */
    departedAt: instant(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    // A late write cannot give back a name to somebody who was forgotten.
    check(
      'user_account_departed_check',
      sql`${table.departedAt} is null or coalesce(${table.telegramId}::text, ${table.deviceKeyHash}, ${table.username}, ${table.firstName}, ${table.lastName}, ${table.languageCode}, ${table.language}) is null`,
    ),
    // People of one time zone, a page at a time.
    index('user_account_time_zone_index').on(table.timeZone, table.id),
    check('user_account_kind_check', sql`${table.kind} in ('guest', 'registered')`),
    check('user_account_language_check', sql`${table.language} in ('en', 'ru')`),
    check('user_account_role_check', sql`${table.role} in ('user', 'admin', 'owner')`),
    // Whoever may act for the app is known by more than a device.
    check(
      'user_account_role_kind_check',
      sql`${table.role} = 'user' or ${table.kind} = 'registered'`,
    ),
    index('user_account_role_index').on(table.role).where(sql`${table.role} <> 'user'`),
  ],
)
