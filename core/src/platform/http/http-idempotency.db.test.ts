import { overtake } from '@gramkit/services/overtake'
import { testDatabase } from '@gramkit/services/testing'
import { sql } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { newId } from '../../kernel/index.ts'
import { openNodePostgres, rows } from '../database/index.ts'
import { HttpIdempotency, type KeyedRequest, type RunOutcome } from './http-idempotency.ts'

const testing = await testDatabase()
const database = openNodePostgres({ url: testing.appUrl })
const elsewhere = openNodePostgres({ url: testing.appUrl, poolSize: 3 })
const idempotency = new HttpIdempotency(database.executor)

afterAll(async () => {
  await database.close()
  await elsewhere.close()
  await testing.drop()
})

const aRequest = (over: Partial<KeyedRequest> = {}): KeyedRequest => ({
  scope: 'user:1 POST /payments',
  key: newId(),
  fingerprint: 'same',
  ...over,
})
const final = (body: string, status = 201): RunOutcome => ({
  answer: { status, body },
  isFinal: true,
})
const unused = (): never => {
  throw new Error('ran although it should not')
}

describe('run', () => {
  test('runs 200 parallel requests with one key once, in two processes', async () => {
    const request = aRequest()
    const other = new HttpIdempotency(elsewhere.executor)
    const operations: string[] = []
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, call) =>
        (call % 2 ? idempotency : other).run(request, async (operationId) => {
          operations.push(operationId)
          return final(operationId)
        }),
      ),
    )
    expect(operations).toHaveLength(1)
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(operations))
    expect(answers.filter(({ isReplay }) => !isReplay)).toHaveLength(1)
  })

  test('gives the first answer again after a restart', async () => {
    const request = aRequest()
    await idempotency.run(request, async () => final('first'))
    const restarted = new HttpIdempotency(elsewhere.executor)
    expect(await restarted.run(request, unused)).toEqual({
      status: 201,
      body: 'first',
      isReplay: true,
    })
  })

  test('gives a refusal again: what was declined stays declined', async () => {
    const request = aRequest()
    await idempotency.run(request, async () => final('no', 402))
    expect(await idempotency.run(request, unused)).toMatchObject({ status: 402, body: 'no' })
  })

  test('refuses other contents under the same key, also while the first still runs', async () => {
    const request = aRequest()
    const changed = { ...request, fingerprint: 'other' }
    await idempotency.run(request, async () => {
      await expect(idempotency.run(changed, unused)).rejects.toMatchObject({
        code: 'http.idempotency_conflict',
      })
      return final('first')
    })
    await expect(idempotency.run(changed, unused)).rejects.toMatchObject({
      code: 'http.idempotency_conflict',
    })
  })

  test('keeps two people with the same key apart', async () => {
    const mine = aRequest()
    const theirs = { ...mine, scope: 'user:2 POST /payments', fingerprint: 'other' }
    await idempotency.run(mine, async () => final('mine'))
    expect(await idempotency.run(theirs, async () => final('theirs'))).toMatchObject({
      body: 'theirs',
      isReplay: false,
    })
  })

  test('lets a failure be tried again as the same operation', async () => {
    const request = aRequest()
    const operations: string[] = []
    const startedAt = performance.now()
    await idempotency.run(request, async (operationId) => {
      operations.push(operationId)
      return { answer: { status: 503, body: 'later' }, isFinal: false }
    })
    const thrown = idempotency.run(request, async (operationId) => {
      operations.push(operationId)
      throw new Error('the connection broke')
    })
    await expect(thrown).rejects.toThrow('the connection broke')
    const second = await idempotency.run(request, async (operationId) => {
      operations.push(operationId)
      return final('done')
    })
    expect(second).toMatchObject({ body: 'done', isReplay: false })
    expect(new Set(operations).size).toBe(1)
    expect(operations).toHaveLength(3)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })

  test('takes over from a runner that died, as the same operation', async () => {
    const request = aRequest()
    const operationId = newId()
    const [lease] = await rows(
      database.executor,
      sql`
        insert into gramkit.http_idempotency
          (scope, key, fingerprint, operation_id, runner_id, lease_until)
        values (${request.scope}, ${request.key}, ${request.fingerprint}, ${operationId}, ${newId()},
          clock_timestamp() + interval '400 milliseconds')
        returning lease_until::text as until`,
      z.object({ until: z.string() }),
    )
    const isOver = sql`select clock_timestamp() >= ${lease?.until}::timestamptz as "isOver"`
    const leases: unknown[] = []
    const takeOver = async (id: string): Promise<RunOutcome> => {
      leases.push(...(await rows(database.executor, isOver, z.unknown())))
      return final(id)
    }
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => idempotency.run(request, takeOver)),
    )
    expect(leases).toEqual([{ isOver: true }])
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set([operationId]))
    expect(answers.filter(({ isReplay }) => !isReplay)).toHaveLength(1)
  })

  test('leaves a runner alone that works longer than its lease and shows that it lives', async () => {
    const request = aRequest()
    const brief = new HttpIdempotency(database.executor, { leaseMs: 1_500, waitMs: 15_000 })
    let runs = 0
    const work = async (): Promise<RunOutcome> => {
      runs += 1
      await new Promise((resolve) => setTimeout(resolve, 2_500))
      return final('slow')
    }
    const answers = await Promise.all([brief.run(request, work), brief.run(request, work)])
    expect(runs).toBe(1)
    expect(answers.map(({ body }) => body)).toEqual(['slow', 'slow'])
  })

  test('shows no life any more once a runner has given its key back', async () => {
    const request = aRequest()
    const brief = new HttpIdempotency(database.executor, { leaseMs: 900 })
    const begun = Promise.withResolvers<void>()
    const end = Promise.withResolvers<RunOutcome>()
    const running = brief.run(request, () => {
      begun.resolve()
      return end.promise
    })
    await begun.promise
    const hold = 'select from gramkit.http_idempotency where key = $1 for update'
    const later = { answer: { status: 503, body: 'later' }, isFinal: false }
    await overtake({ database: testing }, hold, [request.key], () => end.resolve(later), {
      // Twice the time in which a sign of life falls due.
      meanwhile: () => database.executor.execute(sql`select pg_sleep(0.6)`),
    })
    await running
    await database.executor.execute(sql`select pg_sleep(0.1)`)
    const isFree = sql`select lease_until <= clock_timestamp() as "isFree"
      from gramkit.http_idempotency where key = ${request.key}`
    expect(await rows(database.executor, isFree, z.unknown())).toEqual([{ isFree: true }])
  })

  test('stops waiting for a runner that takes too long, and says when to ask again', async () => {
    const request = aRequest()
    const impatient = new HttpIdempotency(database.executor, { waitMs: 100 })
    await idempotency.run(request, async () => {
      await expect(impatient.run(request, unused)).rejects.toMatchObject({
        code: 'http.idempotency_in_progress',
        details: { retryAfterSeconds: 10 },
      })
      return final('late')
    })
  })
})

describe('removeOld', () => {
  test('removes keys after a week and keeps younger ones', async () => {
    const old = aRequest()
    const young = aRequest()
    await idempotency.run(old, async () => final('old'))
    await idempotency.run(young, async () => final('young'))
    await database.executor.execute(sql`
      update gramkit.http_idempotency set created_at = now() - interval '8 days'
      where key = ${old.key}`)
    expect(await idempotency.removeOld()).toBe(1)
    expect(await idempotency.run(young, unused)).toMatchObject({ body: 'young' })
    expect(await idempotency.run(old, async () => final('new'))).toMatchObject({ body: 'new' })
  })
})
