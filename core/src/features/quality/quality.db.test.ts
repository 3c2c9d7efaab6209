import { afterAll, expect, test } from 'vitest'
import { newId, VirtualClock } from '../../kernel/index.ts'
import { testPlatform } from '../../testing/platform.ts'

const clock = new VirtualClock(new Date('2026-07-01T12:00:00.000Z'))
const { platform, services, close } = await testPlatform({ clock, poolSize: 8 })
const { quality } = services

afterAll(close)

test('a fresh install keeps the gate open and says why', async () => {
  expect(await quality.gate()).toEqual({
    state: 'open',
    isIssuingAllowed: true,
    isRedeemingAllowed: true,
    batchFactor: 1,
    reasons: [{ code: 'no_sample', value: null, threshold: null }],
    override: null,
  })
  await quality.requireIssuing()
  await quality.requireRedeeming()
})

test.each(['NaN', '-0.1', '1.1', 'Infinity'])('the database keeps no rate of %s', async (rate) => {
  const insert = platform.database.executor.execute(`
    insert into gramkit.quality_snapshot (id, source, actor, churn_rate, churn_sample, fraud_sample,
      engagement_sample, created_at)
    values ('${newId()}', 'posted', 'admin', '${rate}', 1, 1, 1, now())`)
  await expect(insert).rejects.toMatchObject({
    cause: { constraint: 'quality_snapshot_rates_check' },
  })
})
