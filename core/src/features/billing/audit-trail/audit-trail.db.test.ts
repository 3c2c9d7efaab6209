import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { newId } from '../../../kernel/index.ts'
import { rows } from '../../../platform/database/index.ts'
import { aCustomer, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import type { TenantBilling } from '../tenant-billing.ts'

const { database, services, close } = await testPlatform()
const admin = new pg.Client(database.adminUrl)
let billing: TenantBilling = await aTenant(services)

beforeAll(() => admin.connect())

beforeEach(async () => {
  billing = await aTenant(services)
})

afterAll(async () => {
  await admin.end()
  await close()
})

/** Seals all there is: each call takes a batch. */
async function seal(): Promise<void> {
  while ((await services.audit.seal()) > 0);
}

/** Changes the audit past every rule, as only a superuser can. */
async function tamper(statement: string, values: unknown[]): Promise<void> {
  await admin.query('set session_replication_role = replica')
  const { rowCount } = await admin.query(statement, values)
  await admin.query('set session_replication_role = origin')
  expect(rowCount).toBe(1)
}

const entriesSeen = () =>
  services.transaction(async (tx) => {
    const query = sql`select count(*)::int as count from gramkit.audit_entry where stream like 'tenant:%'`
    const [row] = await rows(tx.repos.db, query, z.object({ count: z.number() }))
    return row?.count
  })

describe('the audit trail of a tenant', () => {
  test('says who changed what, from what to what, and in which request', async () => {
    const caller = { actor: 'key:1', requestId: 'r-1' }
    const { tenant } = services.billing.forTenant(billing.tenantId, caller)
    await tenant.update({ graceDays: 3 })
    const { items } = await billing.auditTrail.list()
    expect(items.map(({ action }) => action)).toEqual(['tenant.changed', 'tenant.created'])
    expect(items[0]).toMatchObject({
      ...{ stream: `tenant:${billing.tenantId}`, actor: 'key:1' },
      facts: { before: '{"graceDays":0}', after: '{"graceDays":3}', requestId: 'r-1' },
    })
  })

  test('tells of nothing that was rolled back', async () => {
    const work = billing.transaction(async (tx) => {
      await aCustomer(tx)
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    expect((await billing.auditTrail.list()).items).toHaveLength(1)
  })

  test('is seen inside the tenant alone', async () => {
    const other = await aTenant(services)
    await aCustomer(billing, { name: 'Secret' })
    const subjects = (await other.auditTrail.list()).items.map(({ subject }) => subject)
    expect(subjects).toEqual([`tenant:${other.tenantId}`])
    expect((await services.audit.list({ limit: 100 })).items).toEqual([])
    expect(await entriesSeen()).toBe(0)
  })

  test.each([
    ['update', sql`update gramkit.audit_entry set actor = 'nobody'`],
    ['delete', sql`delete from gramkit.audit_entry`],
    ['update of seals', sql`update gramkit.audit_seal set hash = ''`],
    ['delete of what waits', sql`delete from gramkit.audit_unsealed`],
    [
      'insert for another tenant',
      sql`insert into gramkit.audit_entry (id, stream, actor, action, subject, facts, created_at)
          values (${newId()}, ${`tenant:${newId()}`}, 'a', 'b', 'c', '{}', now())`,
    ],
  ])('refuses the application: %s', async (_, statement) => {
    const work = billing.transaction((tx) => tx.core.repos.db.execute(statement))
    await expect(work).rejects.toMatchObject({ cause: { code: '42501' } })
  })

  test('is sealed into a chain of its own, one number after the other', async () => {
    await aCustomer(billing)
    await aCustomer(billing)
    const waiting = await billing.auditTrail.verify()
    expect(waiting).toMatchObject({ ok: true, entries: 3 })
    expect(waiting.unsealed).toHaveLength(3)
    await seal()
    await aCustomer(billing)
    await seal()
    expect(await billing.auditTrail.verify()).toEqual({
      ...{ ok: true, entries: 4, unsealed: [], broken: [] },
    })
    const { rows: seals } = await admin.query(
      'select number::int from gramkit.audit_seal where stream = $1 order by 1',
      [`tenant:${billing.tenantId}`],
    )
    expect(seals).toEqual([1, 2, 3, 4].map((number) => ({ number })))
    const { rows: left } = await admin.query('select from gramkit.audit_unsealed')
    expect(left).toEqual([])
  })

  test.each([
    ['what was changed', `update gramkit.audit_entry set facts = '{"after":"{}"}' where id = $1`],
    ['who changed it', `update gramkit.audit_entry set actor = 'admin' where id = $1`],
    ['whose it is', `update gramkit.audit_entry set stream = 'tenant:${newId()}' where id = $1`],
    ['that it was', `delete from gramkit.audit_entry where id = $1`],
    ['its seal', `update gramkit.audit_seal set hash = repeat('0', 64) where entry_id = $1`],
  ])('shows that the superuser has changed %s', async (_, statement) => {
    await aCustomer(billing)
    await seal()
    const [entry] = (await billing.auditTrail.list()).items
    await tamper(statement, [entry?.id])
    expect(await billing.auditTrail.verify()).toMatchObject({ ok: false, broken: [entry?.id] })
    const all = await services.audit.verify()
    expect(all.ok).toBe(false)
    expect(all.broken).toContain(entry?.id)
    const other = await aTenant(services)
    expect(await other.auditTrail.verify()).toMatchObject({ ok: true, broken: [] })
  })
})
