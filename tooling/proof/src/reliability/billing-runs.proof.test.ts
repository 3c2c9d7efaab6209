import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createPlatform } from '@gramkit/core'
import type { TenantBilling } from '@gramkit/core/billing'
import { newId, VirtualClock } from '@gramkit/core/kernel'
import { testDatabase } from '@gramkit/services/testing'
import pg from 'pg'
import { expect } from 'vitest'
import { brokenPricing } from '../harness/broken-pricing.ts'
import { proof } from '../harness/proof.ts'

const PROGRAM = fileURLToPath(new URL('../harness/billing-program.ts', import.meta.url))
const NOW = '2028-03-31T12:00:00Z'
const KILLS = 5
/** Bills of each subscription: of 31 January, 29 February and 31 March. */
const BILLS = 3

proof(
  'billing runs that are killed make one invoice for each period, as if nothing had been',
  async (proof) => {
    const size = proof.isFull ? 10_000 : 500
    await using database = await testDatabase()
    const clock = new VirtualClock(new Date('2028-01-31T12:00:00Z'))
    const options = { databaseUrl: database.appUrl, billing: { pricingPlugIns: brokenPricing() } }
    await using platform = await createPlatform({ ...options, clock })
    const owner = new pg.Client(database.adminUrl)
    await owner.connect()
    try {
      const { billing } = platform.services
      const tenants: TenantBilling[] = []
      for (const code of ['killed', 'calm']) {
        const tenant = await billing.createTenant({ code, name: code, currency: 'EUR' })
        tenants.push(billing.forTenant(tenant.id))
      }
      const [killed, calm] = tenants
      if (!killed || !calm) throw new Error('no tenants')
      const broken = await fill(owner, killed, size)
      await fill(owner, calm, size)
      clock.set(new Date(NOW))
      await work(calm)

      const count = async (): Promise<number> => {
        const query =
          'select count(*)::int as count from gramkit.billing_invoice where tenant_id = $1'
        return (await owner.query(query, [killed.tenantId])).rows[0].count
      }
      const start = () => {
        const args = ['-C', 'gramkit-source', PROGRAM, database.appUrl, killed.tenantId, NOW]
        const child = spawn(process.execPath, args, {
          ...{ stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } },
        })
        return { child, gone: once(child, 'exit') }
      }
      const workers = [start(), start()]
      const all = size * BILLS
      let kills = 0
      for (let seen = 0; kills < KILLS && seen < all; seen = await count()) {
        await expect.poll(count, { timeout: 240_000, interval: 5 }).toBeGreaterThan(seen)
        const place = proof.chance.pick([0, 1])
        const { child, gone } = workers[place] ?? start()
        child.kill('SIGKILL')
        await gone
        workers[place] = start()
        kills++
      }
      await Promise.all(workers.map(({ gone }) => gone))
      await work(killed)

      const figures = async (at: TenantBilling) => {
        const { rows } = await owner.query(
          `select c.code, i.bill_number, i.from_on::text, i.until_on::text, i.total, i.state
         from gramkit.billing_invoice i
         join gramkit.billing_customer c on c.tenant_id = i.tenant_id and c.id = i.customer_id
         where i.tenant_id = $1 order by c.code, i.bill_number`,
          [at.tenantId],
        )
        return rows
      }
      const sequences = async () => {
        const { rows } = await owner.query(
          `select count(*)::int as count, count(distinct sequence)::int as numbers,
           min(sequence)::int as first, max(sequence)::int as last
         from gramkit.billing_invoice where tenant_id = $1`,
          [killed.tenantId],
        )
        return rows[0]
      }
      const gapless = { count: all, numbers: all, first: 1, last: all }
      expect(await sequences()).toEqual(gapless)
      expect(await figures(killed)).toEqual(await figures(calm))
      const { items: parked } = await killed.subscriptions.list({ isParked: true })
      expect(parked.map(({ id }) => id)).toEqual([broken])
      expect(parked[0]?.parkedReason).toMatch(/plug_in_broken.*broken/)
      // Again: nothing is left to bill, and nothing comes twice.
      await work(killed)
      expect(await sequences()).toEqual(gapless)
      proof.report({ subscriptions: size, invoices: all, kills, parked: parked.length })
    } finally {
      await owner.end()
    }
  },
)

async function work(billing: TenantBilling): Promise<void> {
  const { id } = await billing.runs.start()
  for (;;) {
    const outcome = await billing.runs.work(id)
    if (outcome === 'over') return
    expect(outcome).toBe('worked')
  }
}

/** Gives a tenant so many subscriptions like one, by their quantity, and one that is broken. */
async function fill(owner: pg.Client, billing: TenantBilling, size: number): Promise<string> {
  const planOf = async (charges: Parameters<typeof billing.plans.create>[0]['charges']) => {
    const terms = { currency: 'EUR', cycle: 'monthly', charges } as const
    const { id } = await billing.plans.create({ code: `plan-${newId()}`, name: 'Plan', ...terms })
    await billing.plans.publish(id)
    return id
  }
  const subscribe = async (code: string, planId: string): Promise<string> => {
    const customer = await billing.customers.create({ code, name: code })
    return (await billing.subscriptions.create({ customerId: customer.id, planId })).id
  }
  const base = { key: 'base', title: 'Base', model: 'flat', when: 'advance', rate: '9.99' } as const
  const seats = { key: 'seats', title: 'Seats', model: 'per_unit', rate: '0.333' } as const
  const first = await subscribe('C0', await planOf([base, { ...seats, when: 'arrears' }]))
  const odd = { key: 'odd', title: 'Odd', model: 'custom', when: 'advance' } as const
  const broken = await subscribe('broken', await planOf([{ ...odd, plugIn: 'broken' }]))
  const { tenantId } = billing
  const copies = (table: string, fields: string, of: string) =>
    owner.query(
      `insert into gramkit.${table} select (jsonb_populate_record(t, jsonb_build_object(${fields}))).*
       from gramkit.${table} t, generate_series(1, ${size - 1}) n where t.tenant_id = $1 and ${of}`,
      [tenantId],
    )
  // A hash in the form of a UUID of version 8.
  const idOf = (what: string) =>
    `overlay(overlay(md5('${what}' || n || '${tenantId}') placing '8' from 13) placing '8' from 17)::uuid`
  await copies('billing_customer', `'id', ${idOf('c')}, 'code', 'C' || n`, `t.code = 'C0'`)
  await copies(
    'billing_subscription',
    `'id', ${idOf('s')}, 'customer_id', ${idOf('c')}`,
    `t.id = '${first}'`,
  )
  await copies(
    'billing_subscription_revision',
    `'id', ${idOf('r')}, 'subscription_id', ${idOf('s')}, 'quantity', 1 + n % 7`,
    `t.subscription_id = '${first}'`,
  )
  // Without figures of the tables each row that names a customer would look through all of them.
  await owner.query('analyze')
  return broken
}
