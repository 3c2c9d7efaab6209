import { record } from '@gramkit/services/recording'
import { testDatabase } from '@gramkit/services/testing'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { newId } from '../../kernel/index.ts'
import { rows } from '../../platform/database/index.ts'
import { createPlatform } from '../../platform.ts'
import { aPerson } from '../../testing/people.ts'

const database = await testDatabase()
const owner = new pg.Client({ connectionString: database.adminUrl })
const platform = await createPlatform({ databaseUrl: database.appUrl })
const { services } = platform
const { invites } = services

beforeAll(() => owner.connect())
afterAll(async () => {
  await platform.close()
  await owner.end()
  await database.drop()
})

/** What somebody hears of a code, and what is said to PostgreSQL meanwhile. */
async function ask(code: string, usedBy: string) {
  const heard: unknown[] = []
  const { statements } = await record(async () => {
    heard.push(await invites.validate({ code, usedBy }))
    heard.push(await invites.use({ code, usedBy }).catch((error: unknown) => error))
  })
  // Listeners are told after the commit, and nobody waits for it: it may fall into the next one.
  const texts = statements.map(({ text }) => text).filter((text) => !text.includes('pg_notify'))
  return { heard, statements: texts }
}

test('a code of somebody else is answered as one that nobody has, by the same work', async () => {
  const eve = (await aPerson(services)).id
  await ask('FIRST-OF-ALL', eve)
  const unknown = await ask('NOBODY-HAS-THIS', eve)
  expect(unknown.heard).toMatchObject([{ reason: 'not_found' }, { code: 'invites.not_found' }])
  expect(unknown.statements).toHaveLength(3)
  for (let tries = 0; tries < 100; tries++) {
    const made = await invites.create({ createdBy: 'ada', recipient: newId() })
    expect(await ask(made.code, eve)).toEqual(unknown)
    expect(await ask(`WRONG-${tries}`, eve)).toEqual(unknown)
  }
})

/** What is heard of a code that so many have used, and how many rows of uses are read meanwhile. */
async function askAfter(uses: number) {
  const { id, code } = await invites.create({ createdBy: 'ada', usageLimit: null })
  await owner.query(
    `with added as (
      insert into gramkit.invitation_use (id, invitation_id, used_by, used_at)
      select gen_random_uuid(), $1, 'user-' || number, now() from generate_series(1, $2::int) number
      returning 1
    ) update gramkit.invitation set use_count = (select count(*) from added) where id = $1`,
    [id, uses],
  )
  await owner.query('analyze gramkit.invitation_use')
  return services.transaction(async (tx) => {
    const { useCount } = await tx.invites.use({ code, usedBy: newId() })
    expect(useCount).toBe(uses + 1)
    const validation = await tx.invites.validate({ code, usedBy: newId() })
    const read = await rows(
      tx.repos.db,
      sql`select seq_tup_read + idx_tup_fetch as rows from pg_stat_xact_user_tables
        where schemaname = 'gramkit' and relname = 'invitation_use'`,
      z.object({ rows: z.coerce.number() }),
    )
    return { validation, read }
  })
}

test('a code that 10,000 have used is used by as little work as one that nobody has', async () => {
  const many = await askAfter(10_000)
  expect(many.read).toEqual([{ rows: 0 }])
  expect(await askAfter(0)).toEqual(many)
})
