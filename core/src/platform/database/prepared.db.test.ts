import { testDatabase } from '@gramkit/services/testing'
import { type SQL, sql } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { rows } from './executor.ts'
import { openNodePostgres } from './node-postgres.ts'

const database = await testDatabase()
afterAll(() => database.drop())

async function preparedAfter(queries: readonly SQL[], directUrl = database.appUrl) {
  await using opened = openNodePostgres({ url: database.appUrl, directUrl, poolSize: 1 })
  for (const query of queries) await opened.executor.execute(query)
  await opened.transaction(async (tx) => {
    for (const query of queries) await tx.execute(query)
  })
  const schema = z.object({ statement: z.string(), parameters: z.number() })
  return await rows(
    opened.executor,
    sql`select statement, coalesce(array_length(parameter_types, 1), 0) as parameters
        from pg_prepared_statements order by statement`,
    schema,
  )
}

describe('a connection', () => {
  test('prepares a statement once, in and out of transactions', async () => {
    const queries = [sql`select ${1}::int as a`, sql`select ${2}::int as a`, sql`select ${3}::text`]
    expect(await preparedAfter(queries)).toEqual([
      { statement: 'select $1::int as a', parameters: 1 },
      { statement: 'select $1::text', parameters: 1 },
    ])
  })

  test('keeps no statement whose parameters are a long list', async () => {
    const list = sql.join(
      Array.from({ length: 33 }, (_, index) => sql`${index}::int`),
      sql`, `,
    )
    expect(await preparedAfter([sql`select ${list}`])).toEqual([])
  })

  test('keeps 256 statements and goes on with the others', async () => {
    const queries = Array.from(
      { length: 300 },
      (_, index) => sql`select ${1}::int as ${sql.identifier(`a${index}`)}`,
    )
    expect(await preparedAfter(queries)).toHaveLength(256)
  })

  test('prepares nothing where a pooler may give the session away', async () => {
    const direct = new URL(database.appUrl)
    direct.searchParams.set('application_name', 'direct')
    expect(await preparedAfter([sql`select ${1}::int`], direct.href)).toEqual([])
  })
})
