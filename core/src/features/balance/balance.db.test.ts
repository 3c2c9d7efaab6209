import { testDatabase } from '@gramkit/services/testing'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { assert, newId } from '../../kernel/index.ts'
import { rows } from '../../platform/database/index.ts'
import { createPlatform } from '../../platform.ts'
import { aPerson, aPersonWithCredits } from '../../testing/people.ts'
import { testPlatform } from '../../testing/platform.ts'
import { codeOf, refusalOf } from '../../testing/refusals.ts'

const { database, platform, close } = await testPlatform({ poolSize: 16 })

afterAll(async () => {
  await expectLedgerToAddUp()
  await close()
})

const facts = { unit: 'credits', reason: 'test.moved', reference: 'test' }

async function expectLedgerToAddUp(): Promise<void> {
  expect(await platform.services.balance.verify()).toMatchObject({ ok: true, differences: [] })
}

describe('transfer', () => {
  test('lets 10 of 12 parallel deductions from a balance of 10 through', async () => {
    const { balance } = platform.services
    const { id: userId } = await aPersonWithCredits(platform.services, 10n)
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, () =>
        balance.debit({ ...facts, id: newId(), userId, amount: 1n }),
      ),
    )
    const codes = results.map(codeOf)
    expect(codes.filter((code) => code === 'ok')).toHaveLength(10)
    expect(codes.filter((code) => code === 'balance.insufficient_funds')).toHaveLength(2)
    expect(await balance.get(userId, 'credits')).toBe(0n)
  })

  test('moves once for 20 parallel calls with one id', async () => {
    const { balance } = platform.services
    const { id: userId } = await aPerson(platform.services)
    const id = newId()
    const results = await Promise.all(
      Array.from({ length: 20 }, () => balance.credit({ ...facts, id, userId, amount: 7n })),
    )
    expect(new Set(results.map((transfer) => transfer.number)).size).toBe(1)
    expect(await balance.get(userId, 'credits')).toBe(7n)
  })

  test('refuses a used id with other contents', async () => {
    const { balance } = platform.services
    const { id: userId } = await aPerson(platform.services)
    const id = newId()
    await balance.credit({ ...facts, id, userId, amount: 7n })
    for (const other of [{ amount: 8n }, { unit: 'gems' }, { reference: 'else' }]) {
      await expect(
        balance.credit({ ...facts, id, userId, amount: 7n, ...other }),
      ).rejects.toMatchObject({ code: 'balance.transfer_conflict' })
    }
    expect(await balance.get(userId, 'credits')).toBe(7n)
  })

  test.each([0n, -1n, 10n ** 15n + 1n])('refuses to move %s', async (amount) => {
    const { id: userId } = await aPerson(platform.services)
    await expect(
      platform.services.balance.credit({ ...facts, id: newId(), userId, amount }),
    ).rejects.toMatchObject({ code: 'kernel.invalid_value', details: { field: 'amount' } })
  })

  test('keeps amounts beyond what a JavaScript number holds exact', async () => {
    const { balance } = platform.services
    const { id: userId } = await aPerson(platform.services)
    for (let index = 0; index < 10; index++) {
      await balance.credit({ ...facts, id: newId(), userId, amount: 10n ** 15n })
    }
    await balance.credit({ ...facts, id: newId(), userId, amount: 1n })
    expect(await balance.get(userId, 'credits')).toBe(10n ** 16n + 1n)
  })

  test('ends transfers back and forth between two people without a deadlock', async () => {
    const { balance } = platform.services
    const people = await Promise.all(
      [1, 2, 3].map(() => aPersonWithCredits(platform.services, 100n)),
    )
    const moves = Array.from({ length: 60 }, (_, index) => {
      const source = people[index % 3]?.id ?? ''
      const target = people[(index + 1 + (index % 2)) % 3]?.id ?? ''
      return balance.transfer({
        ...facts,
        id: newId(),
        source: { userId: source },
        target: { userId: target },
        amount: 1n,
      })
    })
    expect((await Promise.allSettled(moves)).map(codeOf)).toEqual(moves.map(() => 'ok'))
    const left = await Promise.all(people.map(({ id }) => balance.get(id, 'credits')))
    expect(left.reduce((sum, amount) => sum + amount, 0n)).toBe(300n)
  })

  test('opens one account for each owner and unit, however many need it first', async () => {
    const { id: userId } = await aPerson(platform.services)
    await Promise.all(
      Array.from({ length: 12 }, () =>
        platform.services.balance.credit({
          ...facts,
          id: newId(),
          userId,
          system: 'test.first_use',
          amount: 1n,
        }),
      ),
    )
    const accounts = sql`select system_name from gramkit.balance_account
                         where system_name = 'test.first_use' or user_id = ${userId}`
    expect(await rows(platform.database.executor, accounts, z.unknown())).toHaveLength(2)
  })

  test('locks accounts in id order, so that no two movements ever wait for each other', async () => {
    const people = await Promise.all(
      Array.from({ length: 12 }, () => aPersonWithCredits(platform.services, 1n)),
    )
    const ids = people.map(({ id }) => id)
    const [watcher, holder, mover] = [database.adminUrl, database.adminUrl, database.appUrl].map(
      (url) => new pg.Client(url),
    )
    assert(watcher && holder && mover, 'There are three connections')
    try {
      await Promise.all([watcher, holder, mover].map((client) => client.connect()))
      const accounts = 'from gramkit.balance_account where user_id = any($1) order by id'
      await holder.query('begin')
      await holder.query(`select ${accounts} limit 1 for no key update`, [ids])
      await mover.query('begin')
      // Whatever plan PostgreSQL chooses for the update: this one visits accounts in no order.
      await mover.query('set enable_sort = off; set enable_nestloop = off')
      const { pid } = (await mover.query('select pg_backend_pid() as pid')).rows[0]
      const moved = mover.query(
        `insert into gramkit.balance_transfer (id, source_account_id, target_account_id, unit,
           amount, reason, reference, metadata, created_at)
         select gen_random_uuid(), source.id, target.id, 'credits', 1, 'x', 'x', '{}', now()
         from gramkit.balance_account source, gramkit.balance_account target
         where source.user_id = any($1) and source.unit = 'credits'
           and target.system_name = 'issuance' and target.unit = 'credits' order by random()`,
        [ids],
      )
      const waits = `select pg_blocking_pids($1) <> '{}' as waits`
      await expect
        .poll(async () => (await watcher.query(waits, [pid])).rows[0].waits, { timeout: 10_000 })
        .toBe(true)
      // Whoever waits for the first account holds none of the others yet.
      const free = await watcher.query(`select ${accounts} for no key update skip locked`, [ids])
      expect(free.rows).toHaveLength(ids.length - 1)
      await holder.query('rollback')
      await moved
    } finally {
      await Promise.all([watcher, holder, mover].map((client) => client.end()))
    }
  })

  test('agrees with a simple model for any sequence of movements', async () => {
    const { balance } = platform.services
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.boolean(), fc.bigInt({ min: 1n, max: 50n })), { maxLength: 15 }),
        async (moves) => {
          const { id: userId } = await aPerson(platform.services)
          let expected = 0n
          for (const [isCredit, amount] of moves) {
            const request = { ...facts, id: newId(), userId, amount }
            if (isCredit) {
              await balance.credit(request)
              expected += amount
            } else if (amount <= expected) {
              await balance.debit(request)
              expected -= amount
            } else {
              await expect(balance.debit(request)).rejects.toMatchObject({
                code: 'balance.insufficient_funds',
              })
            }
          }
          expect(await balance.get(userId, 'credits')).toBe(expected)
          const { items } = await balance.history(userId, 'credits', { limit: 100 })
          expect(items.reduce((sum, entry) => sum + entry.amount, 0n)).toBe(expected)
        },
      ),
      { numRuns: 25 },
    )
  })
})

describe('reverse', () => {
  test('takes back in parts and never more than was moved', async () => {
    const { balance } = platform.services
    const { id: userId } = await aPerson(platform.services)
    const moved = await balance.credit({ ...facts, id: newId(), userId, amount: 10n })
    const part = { transferId: moved.id, amount: 3n, reason: 'test.taken', reference: 'test' }
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, () => balance.reverse({ ...part, id: newId() })),
    )
    expect(results.map(codeOf).filter((code) => code === 'ok')).toHaveLength(3)
    expect(
      results.map(codeOf).filter((code) => code === 'balance.reversal_too_large'),
    ).toHaveLength(3)
    expect(await balance.get(userId, 'credits')).toBe(1n)
  })

  test('may push an account below its floor, which a debit may not', async () => {
    const { balance } = platform.services
    const { id: userId } = await aPerson(platform.services)
    const moved = await balance.credit({ ...facts, id: newId(), userId, amount: 10n })
    await balance.debit({ ...facts, id: newId(), userId, amount: 10n })
    await balance.reverse({ ...facts, id: newId(), transferId: moved.id })
    expect(await balance.get(userId, 'credits')).toBe(-10n)
    await expect(
      balance.debit({ ...facts, id: newId(), userId, amount: 1n }),
    ).rejects.toMatchObject({ code: 'balance.insufficient_funds' })
  })
})

describe('history', () => {
  test('pages through all transfers, newest first, each once', async () => {
    const { balance } = platform.services
    const { id: userId } = await aPerson(platform.services)
    for (let amount = 1n; amount <= 25n; amount++) {
      await balance.credit({ ...facts, id: newId(), userId, amount })
    }
    const seen: bigint[] = []
    let cursor: string | undefined
    do {
      const page = await balance.history(userId, 'credits', { limit: 10, cursor })
      seen.push(...page.items.map((entry) => entry.amount))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => BigInt(25 - index)))
  })

  test.each(['x', 'MQ%3D', Buffer.from('0').toString('base64url')])(
    'refuses the cursor %j',
    async (cursor) => {
      const { id: userId } = await aPersonWithCredits(platform.services, 1n)
      await expect(
        platform.services.balance.history(userId, 'credits', { cursor }),
      ).rejects.toMatchObject({ code: 'kernel.invalid_value' })
    },
  )
})

describe('PostgreSQL itself', () => {
  test('runs the application as a role without power', async () => {
    const client = new pg.Client(database.appUrl)
    await client.connect()
    const { rows } = await client.query(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
         (select count(*)::int from pg_class c where c.relowner = r.oid) as owned
       from pg_roles r where rolname = current_user`,
    )
    await client.end()
    expect(rows).toEqual([
      { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, owned: 0 },
    ])
  })

  test.each([
    'update gramkit.balance_transfer set amount = amount + 1',
    'delete from gramkit.balance_transfer',
    'truncate gramkit.balance_transfer',
  ])('refuses "%s" to the application and even to the owner', async (statement) => {
    await aPersonWithCredits(platform.services, 1n)
    expect(await refusalOf(database.appUrl, statement)).toBe('42501')
    expect(await refusalOf(database.ownerUrl, `${statement}`)).toMatch(/^(23001|0A000)$/)
  })

  test('lets no application write a balance, at opening or later', async () => {
    const { id } = await aPersonWithCredits(platform.services, 1n)
    for (const statement of [
      'update gramkit.balance_account set balance = 1000000',
      'update gramkit.balance_account set floor = -1000000',
      `insert into gramkit.balance_account (id, user_id, unit, balance, created_at)
       values (gen_random_uuid(), '${id}', 'gems', 1000, now())`,
    ]) {
      expect(await refusalOf(database.appUrl, statement)).toBe('42501')
    }
  })

  test('refuses a transfer with one leg, with both legs on one account, or across units', async () => {
    const person = await aPersonWithCredits(platform.services, 1n)
    const account = `(select id from gramkit.balance_account where user_id = '${person.id}')`
    const insert = (source: string, target: string, unit: string): string =>
      `insert into gramkit.balance_transfer
         (id, source_account_id, target_account_id, unit, amount, reason, reference, metadata,
          created_at)
       values (gen_random_uuid(), ${source}, ${target}, '${unit}', 1, 'x', 'x', '{}', now())`
    const issuance = `(select id from gramkit.balance_account
                        where system_name = 'issuance' and unit = 'credits')`
    expect(await refusalOf(database.appUrl, insert('null', account, 'credits'))).toBe('23502')
    expect(await refusalOf(database.appUrl, insert(issuance, 'null', 'credits'))).toBe('23502')
    expect(await refusalOf(database.appUrl, insert(account, account, 'credits'))).toBe('23514')
    expect(await refusalOf(database.appUrl, insert(issuance, account, 'gems'))).toBe('23503')
  })

  test('shows tampering by a superuser in the verifier', async () => {
    await using other = await testDatabase()
    await using apart = await createPlatform({ databaseUrl: other.appUrl })
    const { id } = await aPersonWithCredits(apart.services, 5n)
    const admin = new pg.Client(other.adminUrl)
    await admin.connect()
    await admin.query('update gramkit.balance_account set balance = 6 where user_id = $1', [id])
    await admin.end()
    const report = await apart.services.balance.verify()
    expect(report.ok).toBe(false)
    expect(report.differences).toEqual([
      expect.objectContaining({
        problem: 'balance_differs_from_transfers',
        expected: 5n,
        actual: 6n,
      }),
      expect.objectContaining({
        problem: 'unit_does_not_sum_to_zero',
        unit: 'credits',
        actual: 1n,
      }),
    ])
  })
})
