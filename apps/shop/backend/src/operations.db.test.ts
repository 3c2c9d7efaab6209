import { rows } from '@gramkit/core/database'
import { newId } from '@gramkit/core/kernel'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { aDeadJob, withParkedPayment } from './testing/given-up.ts'
import { aCustomer, apiClient, type RunningShop, startRunningShop } from './testing/running-shop.ts'

let shop: RunningShop

beforeAll(async () => {
  shop = await startRunningShop()
})
afterAll(() => shop[Symbol.asyncDispose]())

const admin = () => apiClient(shop, shop.adminToken)
const core = () => shop.served().app.platform.core

function auditOf(subject: string): Promise<unknown[]> {
  return rows(
    core().repos.db,
    sql`select actor, action from gramkit.audit_entry where subject = ${subject}`,
    z.object({ actor: z.string(), action: z.string() }),
  )
}

describe('parked deliveries', () => {
  test('are listed, replayed once in effect, and noted in the audit', async () => {
    const ada = await withParkedPayment(shop)
    expect(await core().balance.get(ada.userId, 'credits')).toBe(0n)
    const { body } = await admin().get('/api/v1/admin/deliveries')
    expect(body).toMatchObject({
      items: [{ id: ada.deliveryId, provider: 'telegram', attempts: 40 }],
      nextCursor: null,
    })
    expect(body.items[0].lastError).toContain('append-only')
    expect(body.items[0]).not.toHaveProperty('body')

    const replay = () => admin().post(`/api/v1/admin/deliveries/${ada.deliveryId}/replay`)
    const answers = await Promise.all([1, 2, 3].map(replay))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    expect(answers.find(({ status }) => status === 200)?.body).toEqual({ outcome: 'done' })
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('inbox.not_parked')
    expect(await core().balance.get(ada.userId, 'credits')).toBe(100n)
    expect((await admin().get('/api/v1/admin/deliveries')).body.items).toEqual([])
    expect(await auditOf(`delivery:${ada.deliveryId}`)).toEqual([
      { actor: 'admin', action: 'delivery.replayed' },
    ])
  })

  test('are unknown by any other id', async () => {
    const answer = await admin().post(`/api/v1/admin/deliveries/${newId()}/replay`)
    expect(answer).toMatchObject({ status: 404, body: { code: 'kernel.not_found' } })
  })
})

describe('dead jobs', () => {
  test('are listed page by page, put back once, and noted in the audit', async () => {
    const ids = [newId(), newId()]
    for (const id of ids) await aDeadJob(shop, id)
    const first = (await admin().get('/api/v1/admin/jobs?limit=1')).body
    const second = (await admin().get(`/api/v1/admin/jobs?limit=1&cursor=${first.nextCursor}`)).body
    expect([...first.items, ...second.items]).toMatchObject(
      ids.map((id) => ({
        id,
        name: 'nobody.knows',
        attempts: 10,
        lastError: 'The shelf is empty',
      })),
    )
    const retry = () => admin().post(`/api/v1/admin/jobs/${ids[0]}/retry`)
    const answers = await Promise.all([1, 2, 3].map(retry))
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409, 409])
    const job = await core().repos.jobs.getById(ids[0] ?? '')
    expect(job).toMatchObject({ status: 'pending', attempts: 0 })
    expect(await auditOf(`job:${ids[0]}`)).toEqual([{ actor: 'admin', action: 'job.retried' }])
    expect((await admin().get('/api/v1/admin/jobs')).body.items).toHaveLength(1)
  })
})

test('work that was given up is nobody’s business but an administrator’s', async () => {
  const somebody = await aCustomer(shop)
  for (const [method, path] of [
    ['get', '/api/v1/admin/deliveries'],
    ['post', `/api/v1/admin/deliveries/${newId()}/replay`],
    ['get', '/api/v1/admin/jobs'],
    ['post', `/api/v1/admin/jobs/${newId()}/retry`],
  ] as const) {
    expect((await somebody[method](path)).status, path).toBe(403)
  }
})
