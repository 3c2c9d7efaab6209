import { CORE_PEOPLE } from '@gramkit/core/people'
import { testDatabase } from '@gramkit/services/testing'
import { getTableConfig } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrateShop } from './migrations.ts'
import { SHOP_PEOPLE } from './people.ts'

/** Tables that say nothing of anybody; whatever names a person does not belong here. */
const OF_NOBODY = [
  // What is sold, and at which price.
  'gramkit.billing_coupon_plan',
  'gramkit.billing_plan_version',
  'gramkit.job_leader',
  'gramkit.migration',
  // How far a slot is; the id of the last person looked at says nothing of them.
  'gramkit.notification_slot',
  'gramkit.payment_reconciliation',
  'gramkit.rate_limit',
  'gramkit.user_opened_init_data',
  // What scores depend on, and counts of it.
  'gramkit.waitlist_bucket_count',
  'gramkit.waitlist_class',
  'gramkit.waitlist_class_count',
  'gramkit.webhook_sequence',
  'shop.migration',
]

/** How columns that name a person are called, beside those that refer to one. */
const PERSONAL =
  /(^|_)(user|person|guest|telegram|chat|username|name|email|phone|sender|recipient|actor)(_id|_key)?$|_by$|device_key|photo|address/

const claimed = [...CORE_PEOPLE, ...SHOP_PEOPLE].flatMap(({ name, tables }) =>
  tables.map((table) => {
    const { schema, name: tableName } = getTableConfig(table)
    return { part: name, table: `${schema}.${tableName}` }
  }),
)

const testing = await testDatabase()
const client = new pg.Client(testing.adminUrl)

beforeAll(async () => {
  await migrateShop(testing.ownerUrl)
  await client.connect()
})

afterAll(async () => {
  await client.end()
  await testing.drop()
})

test('every table belongs to one part of a person, or to nobody', async () => {
  const { rows } = await client.query<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.tables
     where table_schema in ('gramkit', 'shop') and table_type = 'BASE TABLE'`,
  )
  const tables = rows.map(({ name }) => name)
  const listed = [...claimed.map(({ table }) => table), ...OF_NOBODY]
  const forgotten = tables.filter((table) => !listed.includes(table))
  expect(
    forgotten,
    'add the table to the person-part.ts of its feature, which says what becomes of its rows when a guest is merged, a person exports their data or is erased (docs/explanation/people.md); only a table that says nothing of anybody belongs to OF_NOBODY here',
  ).toEqual([])
  const twice = claimed.filter(({ table, part }) =>
    claimed.some((other) => other.table === table && other.part !== part),
  )
  expect(twice, 'one part decides about a table').toEqual([])
  expect(claimed.filter(({ table }) => !tables.includes(table))).toEqual([])
})

test('no table of nobody has a column that names a person', async () => {
  const { rows } = await client.query<{ table: string; column: string; refers: boolean }>(
    `select c.table_schema || '.' || c.table_name as "table", c.column_name as "column",
       exists (
         select from pg_constraint k
         join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
         where k.contype = 'f' and k.confrelid = 'gramkit.user_account'::regclass
           and k.conrelid = format('%I.%I', c.table_schema, c.table_name)::regclass
           and a.attname = c.column_name
       ) as refers
     from information_schema.columns c where c.table_schema in ('gramkit', 'shop')`,
  )
  const personal = rows.filter(({ column, refers }) => refers || PERSONAL.test(column))
  expect(personal.length).toBeGreaterThan(10)
  expect(personal.filter(({ table }) => OF_NOBODY.includes(table))).toEqual([])
})
