import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { alertSubscriptions, CORE_DUE_WORK, coreHost, startJobs } from '../../../jobs.ts'
import { DAY_MS, VirtualClock } from '../../../kernel/index.ts'
import { aPersonWithCredits } from '../../../testing/people.ts'
import { testPlatform } from '../../../testing/platform.ts'

const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'))
const { database, platform, close } = await testPlatform({ poolSize: 8, clock })
const admin = new pg.Client({ connectionString: database.adminUrl })
const alerts: unknown[] = []
const silent = { info: () => {}, warn: () => {}, error: () => {} }

beforeAll(() => admin.connect())

afterAll(async () => {
  await admin.end()
  await close()
})

const { verification } = platform.services
const verifiedTimes = async () =>
  (await admin.query('select differences from gramkit.balance_verification order by created_at'))
    .rows
const tellings = async () =>
  (await admin.query("select payload from gramkit.outbox_event where name like 'balance.%'")).rows

describe('the scheduled verification', () => {
  test('proves the ledger once a day, however many processes try', async () => {
    await aPersonWithCredits(platform.services, 5n)
    const reports = await Promise.all(Array.from({ length: 6 }, () => verification.verifyDue()))
    expect(reports.filter((report) => report !== undefined)).toEqual([
      { ok: true, accounts: 2, transfers: 1, differences: [] },
    ])
    clock.advance(DAY_MS - 1)
    expect(await verification.verifyDue()).toBeUndefined()
    clock.advance(1)
    expect(await verification.verifyDue()).toMatchObject({ ok: true })
    expect(await verifiedTimes()).toEqual([{ differences: 0 }, { differences: 0 }])
    expect(await tellings()).toEqual([])
  })

  test('tells of a difference once a day, and a person is called', async () => {
    await using jobs = await startJobs({
      database: platform.database,
      host: coreHost(platform),
      jobs: [],
      subscriptions: alertSubscriptions({
        error: (facts: object, message: string) =>
          alerts.push([message, Reflect.get(facts, 'facts')]),
      }),
      dueWork: CORE_DUE_WORK,
      logger: silent,
      roles: [],
    })
    await admin.query('update gramkit.balance_account set balance = 7 where balance = 5')
    clock.advance(DAY_MS)
    await jobs.settle()
    const differs = {
      verificationId: expect.any(String),
      count: 2,
      differences: [
        {
          accountId: expect.any(String),
          unit: 'credits',
          problem: 'balance_differs_from_transfers',
          expected: '5',
          actual: '7',
        },
        {
          accountId: null,
          unit: 'credits',
          problem: 'unit_does_not_sum_to_zero',
          expected: '0',
          actual: '2',
        },
      ],
    }
    expect(await tellings()).toEqual([{ payload: differs }])
    expect(alerts).toEqual([['the ledger does not add up: look before more is moved', differs]])
    await jobs.settle()
    expect(alerts).toHaveLength(1)
    clock.advance(DAY_MS)
    await jobs.settle()
    expect(alerts).toHaveLength(2)
  })
})
