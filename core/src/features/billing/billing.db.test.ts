import { sql } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { newId } from '../../kernel/index.ts'
import { type Executor, openNodePostgres, rows } from '../../platform/database/index.ts'
import { aCustomer, aTenant } from '../../testing/billing.ts'
import { testPlatform } from '../../testing/platform.ts'

const NIL = '00000000-0000-0000-0000-000000000000'

// One connection: whatever a transaction leaves behind, the next one would find.
const { database, services, close } = await testPlatform({
  poolSize: 1,
  billing: { defaultTenantId: NIL },
})

afterAll(close)

const acme = await aTenant(services)
const umbrella = await aTenant(services)
await aCustomer(acme)
await aCustomer(umbrella)

async function entered(db: Executor): Promise<string | null> {
  const query = sql`select current_setting('gramkit.tenant', true) as tenant`
  const [row] = await rows(db, query, z.object({ tenant: z.string().nullable() }))
  return row?.tenant ?? null
}

const ofTenants = (page: { readonly items: { readonly tenantId: string }[] }): string[] =>
  page.items.map(({ tenantId }) => tenantId)

describe('a tenant', () => {
  test('is made with what its invoices need, and the defaults of the rest', async () => {
    const code = `tenant-${newId()}`
    const made = await services.billing.createTenant({
      ...{ code, name: 'Acme', company: 'Acme GmbH', currency: 'EUR' },
      ...{ address: ['Hauptstr. 1', '10115 Berlin'], country: 'DE', taxId: 'de 136 695 976' },
    })
    const read = await services.billing.forTenant(made.id).tenant.get()
    expect(read).toEqual(made)
    expect(read).toMatchObject({ taxId: 'DE136695976', timeZone: 'UTC', invoiceSeries: 'INV' })
  })

  test('has a code that no other tenant has', async () => {
    const code = `tenant-${newId()}`
    await aTenant(services, { code })
    const again = aTenant(services, { code })
    await expect(again).rejects.toMatchObject({ code: 'billing.code_taken' })
    const taken = umbrella.tenant.update({ code })
    await expect(taken).rejects.toMatchObject({ code: 'billing.code_taken' })
  })

  test.each([
    [{ name: 'x'.repeat(201) }, 'name'],
    [{ name: ' ' }, 'name'],
    [{ currency: 'GBX' }, 'currency'],
    [{ country: 'ZX' }, 'country'],
    [{ timeZone: 'Mars/Base' }, 'timeZone'],
    [{ taxId: 'DE136695976' }, 'taxId'],
    [{ country: 'DE', taxId: 'DE136695978' }, 'taxId'],
    [{ graceDays: -1 }, 'graceDays'],
    [{ invoiceSeries: 'инв' }, 'invoiceSeries'],
    [{ colour: 'red' }, 'colour'],
  ])('is not made with %o', async (wrong, field) => {
    const code = `tenant-${newId()}`
    const made = services.billing.createTenant({
      code,
      name: 'Acme',
      currency: 'EUR',
      ...wrong,
    } as never)
    await expect(made).rejects.toMatchObject({ details: { field } })
    await expect(umbrella.tenant.update(wrong as never)).rejects.toMatchObject({
      details: { field },
    })
  })

  test('is changed, and keeps what the change does not name', async () => {
    const billing = await aTenant(services, { country: 'RU', taxId: '7707083893' })
    await billing.tenant.update({ paymentTermsDays: 14, name: undefined })
    expect(await billing.tenant.get()).toMatchObject({
      ...{ name: 'Acme', country: 'RU', taxId: '7707083893', paymentTermsDays: 14 },
    })
  })

  test('is listed for operators, page by page', async () => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = await services.billing.listTenants({ limit: 2, cursor })
      ids.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(ids).toEqual(expect.arrayContaining([acme.tenantId, umbrella.tenantId]))
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('of the configuration is the one that an app of one tenant means', async () => {
    await services.billing.createTenant({ id: NIL, code: 'only', name: 'Only', currency: 'RUB' })
    expect(await services.billing.default.tenant.get()).toMatchObject({ id: NIL, code: 'only' })
    const { services: others, close } = await testPlatform()
    expect(() => others.billing.default).toThrow('No default tenant')
    await close()
  })

  test('needs an id that is one', () => {
    expect(() => services.billing.forTenant("'; drop table")).toThrow('tenantId is no id')
  })
})

describe('a transaction of a tenant', () => {
  test('forgets the tenant, also when it fails, so that the next of the connection starts with none', async () => {
    await acme.transaction(async (tx) => {
      expect(await entered(tx.core.repos.db)).toBe(acme.tenantId)
    })
    expect(await entered(services.repos.db)).toBeFalsy()
    const failed = acme.transaction((tx) => tx.core.repos.db.execute(sql`select 1 / 0`))
    await expect(failed).rejects.toThrow()
    expect(await entered(services.repos.db)).toBeFalsy()
  })

  test('gives none of its repositories outside of it', () => {
    expect(() => acme.repos).toThrow('inside TenantBilling.transaction')
  })

  test('joins the open one, and another tenant’s ends where it ends', async () => {
    await services.transaction(async (tx) => {
      const [first, second] = [acme, umbrella].map(({ tenantId }) => tx.billing.forTenant(tenantId))
      await first?.transaction(async (outer) => {
        expect(outer.core.repos.db).toBe(tx.repos.db)
        await second?.transaction(async (inner) => {
          expect(await entered(tx.repos.db)).toBe(umbrella.tenantId)
          expect(ofTenants(await inner.customers.list())).toEqual([umbrella.tenantId])
        })
        expect(await entered(tx.repos.db)).toBe(acme.tenantId)
        expect(ofTenants(await outer.customers.list())).toEqual([acme.tenantId])
      })
      expect(await entered(tx.repos.db)).toBe('')
    })
  })

  test('that joined and failed leaves the tenant all the same', async () => {
    await services.transaction(async (tx) => {
      const work = tx.billing.forTenant(acme.tenantId).transaction(async () => {
        throw new Error('changed my mind')
      })
      await expect(work).rejects.toThrow('changed my mind')
      expect(await entered(tx.repos.db)).toBe('')
    })
  })

  test('says its own failure when a statement has ended the transaction', async () => {
    const work = services.transaction((tx) =>
      tx.billing.forTenant(acme.tenantId).transaction(() => tx.repos.db.execute(sql`select 1 / 0`)),
    )
    await expect(work).rejects.toMatchObject({ cause: { code: '22012' } })
  })

  test('goes back to the former tenant with a savepoint', async () => {
    await services.transaction(async (tx) => {
      const { db } = tx.repos
      await tx.billing.forTenant(umbrella.tenantId).transaction(async () => {
        await db.execute(sql`savepoint here`)
        const failed = tx.billing
          .forTenant(acme.tenantId)
          .transaction(() => db.execute(sql`select 1 / 0`))
        await expect(failed).rejects.toThrow()
        await db.execute(sql`rollback to savepoint here`)
        expect(await entered(db)).toBe(umbrella.tenantId)
      })
      expect(await entered(db)).toBe('')
    })
  })

  test('never sees the other’s rows when two tenants are at work in it at once', async () => {
    await services.transaction(async (tx) => {
      const both = [acme.tenantId, umbrella.tenantId]
      const lists = await Promise.all(
        both.map((tenantId) => tx.billing.forTenant(tenantId).customers.list()),
      )
      for (const [index, list] of lists.entries()) {
        expect(ofTenants(list).filter((tenantId) => tenantId !== both[index])).toEqual([])
      }
    })
  })

  test('reads where a session may only read', async () => {
    const url = new URL(database.appUrl)
    url.searchParams.set('options', '-c default_transaction_read_only=on')
    await using readOnly = openNodePostgres({ url: url.href })
    await readOnly.transaction(async (tx) => {
      await tx.execute(sql`select set_config('gramkit.tenant', ${acme.tenantId}, true)`)
      const query = sql`select count(*)::int as count from gramkit.billing_customer`
      expect(await rows(tx, query, z.object({ count: z.number() }))).toEqual([{ count: 1 }])
    })
  })
})
