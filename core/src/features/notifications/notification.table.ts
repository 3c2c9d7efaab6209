import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  date,
  index,
  jsonb,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { gramkit, instant, listed } from '../../platform/database/index.ts'
import { userAccount } from '../users/user.table.ts'
import { CHANNEL_NAMES, type Facts, NOTIFICATION_STATUSES } from './notification.ts'

/** Messages to single people: one a person, template and occasion. */
export const notification = gramkit.table(
  'notification',
  {
    id: uuid().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => userAccount.id),
    template: text().notNull(),
    occasion: text().notNull(),
    facts: jsonb().$type<Facts>().notNull(),
    status: text({ enum: NOTIFICATION_STATUSES }).notNull(),
    channel: text({ enum: CHANNEL_NAMES }),
    reason: text(),
    rank: smallint().notNull(),
    dueAt: instant().notNull(),
    expiresAt: instant().notNull(),
    /** In the server's time: until then nobody but who took it knows what becomes of it. */
    claimedUntil: instant(),
    attempts: smallint().notNull().default(0),
    createdAt: instant().notNull(),
    sentAt: instant(),
  },
  (table) => [
    // Nobody hears of one occasion twice.
    uniqueIndex('notification_occasion_key').on(table.userId, table.template, table.occasion),
    index('notification_due_index').on(table.rank, table.dueAt).where(sql`${table.status} = 'due'`),
    index('notification_sending_index')
      .on(table.claimedUntil)
      .where(sql`${table.status} = 'sending'`),
    check('notification_status_check', sql`${table.status} in (${listed(NOTIFICATION_STATUSES)})`),
    check('notification_channel_check', sql`${table.channel} in (${listed(CHANNEL_NAMES)})`),
    check(
      'notification_claim_check',
      sql`(${table.status} = 'sending') = (${table.claimedUntil} is not null)`,
    ),
    check(
      'notification_sent_check',
      sql`(${table.status} = 'sent') = (${table.sentAt} is not null)`,
    ),
  ],
)

/** When somebody is not to be disturbed, and how much they heard today. */
export const notificationSetting = gramkit.table(
  'notification_setting',
  {
    userId: uuid()
      .primaryKey()
      .references(() => userAccount.id),
    /** Minutes since local midnight. */
    quietFrom: smallint(),
    quietUntil: smallint(),
    /** Local day of the count. */
    countedDay: date(),
    /** Notifications taken out of that day's share. */
    counted: smallint().notNull().default(0),
    updatedAt: instant().notNull(),
  },
  (table) => [
    check(
      'notification_setting_quiet_check',
      sql`(${table.quietFrom} is null) = (${table.quietUntil} is null)
        and ${table.quietFrom} between 0 and 1439 and ${table.quietUntil} between 0 and 1439
        and ${table.quietFrom} <> ${table.quietUntil}`,
    ),
  ],
)

/** Topics that somebody turned off, or on again. */
export const notificationPreference = gramkit.table(
  'notification_preference',
  {
    userId: uuid()
      .notNull()
      .references(() => userAccount.id),
    topic: text().notNull(),
    isEnabled: boolean().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'notification_preference_pkey', columns: [table.userId, table.topic] }),
  ],
)

/** People whom the bot cannot write to at the moment; who writes to the bot has no row. */
export const notificationReach = gramkit.table('notification_reach', {
  userId: uuid()
    .primaryKey()
    .references(() => userAccount.id),
  blockedAt: instant().notNull(),
  /** Telegram's words. */
  reason: text().notNull(),
})

/** How far a time slot's people in one time zone were gone through on one of their days. */
export const notificationSlot = gramkit.table(
  'notification_slot',
  {
    slot: text().notNull(),
    timeZone: text().notNull(),
    day: date().notNull(),
    /** The last person who was looked at. */
    after: uuid(),
    endedAt: instant(),
  },
  (table) => [
    primaryKey({
      name: 'notification_slot_pkey',
      columns: [table.slot, table.timeZone, table.day],
    }),
  ],
)
