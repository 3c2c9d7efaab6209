/**
 * P9: a billing run over 100,000 subscriptions with usage beside one over 10,000: what an invoice
 * costs must not grow. Beside them PostgreSQL writes the rows of those invoices once more by itself.
 *
 * @module
 */
import { createPlatform } from '@gramkit/core'
import type { BillingService, TenantBilling } from '@gramkit/core/billing'
import { VirtualClock } from '@gramkit/core/kernel'
import { startPostgres } from '@gramkit/services'
import { migrateShop } from '@gramkit/shop'
import pg from 'pg'
import { costOf } from './cost.ts'
import { type Cost, type Figure, median, medianOf, type Report, withCosts } from './measure.ts'

const FEW = 10_000
const MANY = 100_000
/** Rounds over few; one over many takes minutes. */
const ROUNDS = 3
const EVENTS_EACH = 5
const DATABASE = 'bench'
/** No month has more days. */
const MONTH_MS = 31 * 86_400_000

const PEER = 'the rows of 10,000 invoices, written by PostgreSQL'

interface World {
  readonly billing: BillingService
  readonly clock: VirtualClock
  readonly admin: pg.Pool
  readonly adminUrl: string
}

/** Runs the comparison. */
export async function measureBillingRun(): Promise<Report> {
  const cluster = await startPostgres({ version: 18 })
  try {
    await cluster.createDatabase(DATABASE)
    await migrateShop(cluster.ownerUrl(DATABASE))
    const adminUrl = cluster.url(DATABASE)
    const admin = new pg.Pool({ connectionString: adminUrl, max: 2 })
    // `end` does not wait until the server has heard of it, and the server is stopped next.
    admin.on('error', () => {})
    const clock = new VirtualClock(new Date('2028-01-31T12:00:00Z'))
    const databaseUrl = cluster.appUrl(DATABASE)
    await using platform = await createPlatform({ databaseUrl, poolSize: 4, clock })
    const { billing } = platform.services
    const report = await compare({ billing, clock, admin, adminUrl })
    await admin.end()
    return report
  } finally {
    await cluster.stop()
  }
}

async function compare(world: World): Promise<Report> {
  const costs = new Map<string, Cost>()
  const names = { few: nameOf(FEW), many: nameOf(MANY) }
  // Warms the code and the caches, and is not counted.
  await bill(world, FEW)
  const [few, peer]: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    const billed = await bill(world, FEW)
    few.push(billed.micros)
    costs.set(names.few, billed.cost)
    peer.push(await writeAgain(world, billed.tenantId))
  }
  const many = await bill(world, MANY)
  costs.set(names.many, many.cost)
  const figure = (name: string, all: readonly number[]): Figure => {
    return { name, unit: 'µs an invoice', median: median(all), all }
  }
  const figures = [figure(names.few, few), figure(names.many, [many.micros]), figure(PEER, peer)]
  return {
    figures: withCosts(figures, costs),
    comparisons: [
      {
        what: 'an invoice of 100,000 / one of 10,000',
        value: medianOf(figures, names.many) / medianOf(figures, names.few),
        ...{ goal: 1.2, direction: 'at most' },
      },
    ],
  }
}

function nameOf(size: number): string {
  return `a run over ${size.toLocaleString('en')} subscriptions`
}

interface Billed {
  readonly tenantId: string
  readonly micros: number
  readonly cost: Cost
}

/** Makes a tenant with so many subscriptions, and bills the end of their first period. */
async function bill({ billing, clock, admin, adminUrl }: World, size: number): Promise<Billed> {
  const code = `bench-${performance.now()}`
  const { id } = await billing.createTenant({ code, name: 'Bench', currency: 'EUR' })
  const tenant = billing.forTenant(id)
  await fill(tenant, admin, size)
  clock.advance(MONTH_MS)
  const run = await tenant.runs.start()
  let micros = 0
  const cost = await costOf(adminUrl, size, async () => {
    const begin = performance.now()
    while ((await tenant.runs.work(run.id)) === 'worked');
    micros = ((performance.now() - begin) * 1_000) / size
  })
  await check(tenant, admin, size)
  return { tenantId: id, micros, cost }
}

/** One subscription by the services, billed for its first period, and all others like it. */
async function fill(tenant: TenantBilling, admin: pg.Pool, size: number): Promise<void> {
  await tenant.meters.create({
    ...{ code: 'calls', name: 'Calls', unit: 'call', aggregation: 'sum', valueProperty: 'calls' },
  })
  const { id: planId } = await tenant.plans.create({
    ...{ code: 'plan', name: 'Plan', currency: 'EUR', cycle: 'monthly' },
    charges: [
      { key: 'base', title: 'Base', model: 'flat', when: 'advance', rate: '9.99' },
      {
        ...{ key: 'calls', title: 'Calls', model: 'graduated', when: 'arrears', meter: 'calls' },
        tiers: [
          { upTo: '10', rate: '1' },
          { upTo: null, rate: '0.333' },
        ],
      },
    ],
  })
  await tenant.plans.publish(planId)
  const { id: customerId } = await tenant.customers.create({ code: 'C0', name: 'John Doe' })
  await tenant.subscriptions.create({ customerId, planId })
  const first = await tenant.runs.start()
  while ((await tenant.runs.work(first.id)) === 'worked');
  const { tenantId } = tenant
  // A hash in the form of a UUID of version 8.
  const idOf = (what: string) =>
    `overlay(overlay(md5('${what}' || n || '${tenantId}') placing '8' from 13) placing '8' from 17)::uuid`
  const copies = (table: string, fields: string) =>
    admin.query(
      `insert into gramkit.${table} select (jsonb_populate_record(t, jsonb_build_object(${fields}))).*
       from gramkit.${table} t, generate_series(1, ${size - 1}) n where t.tenant_id = $1`,
      [tenantId],
    )
  await copies('billing_customer', `'id', ${idOf('c')}, 'code', 'C' || n`)
  await copies('billing_subscription', `'id', ${idOf('s')}, 'customer_id', ${idOf('c')}`)
  await copies(
    'billing_subscription_revision',
    `'id', ${idOf('r')}, 'subscription_id', ${idOf('s')}`,
  )
  await admin.query(
    `insert into gramkit.billing_usage_event (tenant_id, source, event_id, customer_id, meter_id,
       occurred_at, quantity, properties, created_at)
     select m.tenant_id, 'bench', c.code || ':' || n, c.id, m.id,
       m.created_at + n * interval '1 hour', n, '{}', now()
     from gramkit.billing_meter m join gramkit.billing_customer c using (tenant_id),
       generate_series(1, ${EVENTS_EACH}) n
     where m.tenant_id = $1`,
    [tenantId],
  )
  await admin.query('analyze')
}

/** Stops unless each subscription has its invoice: 9.99, and 10 + 5 × 0.333, so 11.66, of usage. */
async function check(tenant: TenantBilling, admin: pg.Pool, size: number): Promise<void> {
  const { rows } = await admin.query<{ count: number; total: string; last: string }>(
    `select count(*)::int as count, min(total)::text || ' ' || max(total) as total,
       max(sequence)::text as last
     from gramkit.billing_invoice where tenant_id = $1 and bill_number = 2 and state = 'finalized'`,
    [tenant.tenantId],
  )
  const wanted = { count: size, total: '2165 2165', last: String(size + 1) }
  if (JSON.stringify(rows[0]) !== JSON.stringify(wanted)) {
    throw new Error(`${JSON.stringify(rows[0])} instead of ${JSON.stringify(wanted)}`)
  }
}

/** What PostgreSQL needs to write the same invoices and lines, with their indexes, once more. */
async function writeAgain({ admin }: World, tenantId: string): Promise<number> {
  const tables = ['billing_invoice', 'billing_invoice_line']
  for (const table of tables) {
    await admin.query(`drop table if exists ${table}_again`)
    await admin.query(`create table ${table}_again (like gramkit.${table} including all)`)
  }
  const begin = performance.now()
  for (const table of tables) {
    await admin.query(
      `insert into ${table}_again select * from gramkit.${table}
       where tenant_id = $1 and bill_number = 2`,
      [tenantId],
    )
  }
  return ((performance.now() - begin) * 1_000) / FEW
}
