import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  check,
  foreignKey,
  index,
  jsonb,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { gramkit, instant, int8 } from '../../platform/database/index.ts'
import { userAccount } from '../users/user.table.ts'

/**
 * An account of the ledger. Only users' accounts keep a balance; a system account's balance is the
 * sum of its transfers, so that no two customers ever wait for one row.
 *
 * `balance` is written by the database alone, when a transfer is inserted (`0001_rules.sql`).
 */
export const balanceAccount = gramkit.table(
  'balance_account',
  {
    id: uuid().primaryKey(),
    userId: uuid().references(() => userAccount.id),
    systemName: text(),
    unit: text().notNull(),
    balance: int8().notNull().default(sql`0`),
    floor: int8().notNull().default(sql`0`),
    /** Sum of its pending holds, kept by the database too. */
    held: int8().notNull().default(sql`0`),
    createdAt: instant().notNull(),
  },
  (table) => [
    uniqueIndex('balance_account_user_id_unit_key')
      .on(table.userId, table.unit)
      .where(sql`${table.userId} is not null`),
    uniqueIndex('balance_account_system_name_unit_key')
      .on(table.systemName, table.unit)
      .where(sql`${table.systemName} is not null`),
    unique('balance_account_id_unit_key').on(table.id, table.unit),
    check(
      'balance_account_owner_check',
      sql`(${table.userId} is null) <> (${table.systemName} is null)`,
    ),
    check(
      'balance_account_system_check',
      sql`${table.systemName} is null or (${table.balance} = 0 and ${table.floor} = 0 and ${table.held} = 0)`,
    ),
    check('balance_account_held_check', sql`${table.held} >= 0`),
  ],
)

/** A movement between two accounts of one unit. Append-only: a correction is a reversal. */
export const balanceTransfer = gramkit.table(
  'balance_transfer',
  {
    /** Made by the caller: the idempotency key. */
    id: uuid().primaryKey(),
    /** Order of insertion, for pages of history. */
    number: int8().notNull().generatedAlwaysAsIdentity(),
    sourceAccountId: uuid().notNull(),
    targetAccountId: uuid().notNull(),
    unit: text().notNull(),
    amount: int8().notNull(),
    reason: text().notNull(),
    reference: text().notNull(),
    metadata: jsonb().$type<Record<string, string>>().notNull(),
    reversalOf: uuid().references((): AnyPgColumn => balanceTransfer.id),
    createdAt: instant().notNull(),
  },
  (table) => [
    foreignKey({
      name: 'balance_transfer_source_fk',
      columns: [table.sourceAccountId, table.unit],
      foreignColumns: [balanceAccount.id, balanceAccount.unit],
    }),
    foreignKey({
      name: 'balance_transfer_target_fk',
      columns: [table.targetAccountId, table.unit],
      foreignColumns: [balanceAccount.id, balanceAccount.unit],
    }),
    index('balance_transfer_source_index').on(table.sourceAccountId, table.number),
    index('balance_transfer_target_index').on(table.targetAccountId, table.number),
    index('balance_transfer_reversal_of_index')
      .on(table.reversalOf)
      .where(sql`${table.reversalOf} is not null`),
    check('balance_transfer_amount_check', sql`${table.amount} > 0`),
    check(
      'balance_transfer_accounts_check',
      sql`${table.sourceAccountId} <> ${table.targetAccountId}`,
    ),
  ],
)
