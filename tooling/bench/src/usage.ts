/**
 * P8: recording usage in batches of 10,000, beside COPY of the same rows into the same table by the
 * server itself, from a file; and what a total of the current period costs.
 *
 * @module
 */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TenantBilling, UsageEventInput } from '@gramkit/core/billing'
import { newId } from '@gramkit/core/kernel'
import { costOf, walBytesOf } from './cost.ts'
import {
  alternate,
  type Cost,
  type Figure,
  median,
  medianOf,
  type Report,
  withCosts,
} from './measure.ts'
import { type BenchShop, openBenchShop } from './settlement/shop.ts'

const BATCH = 10_000
const BATCHES = 5
const CUSTOMERS = 1_000
/** Events of one customer in the period whose total is read. */
const EVENTS_OF_ONE = 10_000
const READS = 50

const KIT = 'usage.recordBatch'
const PEER = 'COPY from a file'

interface World {
  readonly shop: BenchShop
  readonly billing: TenantBilling
  readonly meterId: string
  readonly customers: readonly string[]
  readonly folder: string
}

/** Runs the comparison. */
export async function measureUsage(): Promise<Report> {
  await using shop = await openBenchShop(4)
  const folder = await mkdtemp(join(tmpdir(), 'gramkit-usage-'))
  // The server, which reads the file, is another user.
  await chmod(folder, 0o755)
  try {
    return await compare(await openWorld(shop, folder))
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function openWorld(shop: BenchShop, folder: string): Promise<World> {
  const { services } = shop.platform
  const { id } = await services.billing.createTenant({
    code: 'bench',
    name: 'Bench',
    currency: 'EUR',
  })
  const billing = services.billing.forTenant(id)
  const { id: meterId } = await billing.meters.create({
    ...{ code: 'calls', name: 'Calls', unit: 'call', aggregation: 'sum', valueProperty: 'calls' },
  })
  const customers: string[] = []
  for (let n = 0; n < CUSTOMERS; n += 1) {
    const customer = await billing.customers.create({ code: `customer-${n}`, name: 'John Doe' })
    customers.push(customer.id)
  }
  // Without figures of the table each event would look through all customers.
  await shop.admin.query('analyze gramkit.billing_customer')
  return { shop, billing, meterId, customers, folder }
}

async function compare(world: World): Promise<Report> {
  const costs = new Map<string, Cost>()
  const side = (
    name: string,
    work: () => Promise<{ readonly spent: number; readonly cost: Cost }>,
  ) => ({
    name,
    async measure() {
      const before = await counted(world)
      const { spent, cost } = await work()
      await check(world, before)
      costs.set(name, cost)
      return (BATCH * BATCHES * 1_000) / spent
    },
  })
  const figures = await alternate('a second', [
    side(KIT, () => recordBatches(world)),
    side(PEER, () => copyBatches(world)),
  ])
  return {
    figures: [...withCosts(figures, costs), await totals(world)],
    comparisons: [
      {
        what: `${KIT} / ${PEER}`,
        value: medianOf(figures, KIT) / medianOf(figures, PEER),
        goal: 0.5,
        direction: 'at least',
      },
    ],
  }
}

function makeBatch({ customers }: World): UsageEventInput[] {
  const now = Date.now()
  return Array.from({ length: BATCH }, (_, n) => ({
    id: newId(),
    customerId: customers[(n * 7) % CUSTOMERS] ?? '',
    meter: 'calls',
    at: new Date(now - n * 100),
    properties: { calls: 1, region: 'eu-west' },
  }))
}

async function recordBatches(world: World) {
  const batches = Array.from({ length: BATCHES }, () => makeBatch(world))
  let spent = 0
  const cost = await costOf(world.shop.adminUrl, BATCH * BATCHES, async () => {
    const begin = performance.now()
    for (const batch of batches) await world.billing.usage.recordBatch(batch)
    spent = performance.now() - begin
  })
  return { spent, cost }
}

async function copyBatches(world: World) {
  const { shop, billing, meterId, folder } = world
  const files: string[] = []
  for (let n = 0; n < BATCHES; n += 1) {
    const file = join(folder, `${newId()}.tsv`)
    const lines = makeBatch(world).map(({ id, customerId, at, properties }) =>
      [
        billing.tenantId,
        'api',
        id,
        customerId,
        meterId,
        at.toISOString(),
        '1',
        '\\N',
        JSON.stringify(properties),
        new Date().toISOString(),
      ].join('\t'),
    )
    await writeFile(file, `${lines.join('\n')}\n`)
    files.push(file)
  }
  let spent = 0
  const walBytes = await walBytesOf(shop.adminUrl, async () => {
    const begin = performance.now()
    for (const file of files) {
      await shop.admin.query(
        `copy gramkit.billing_usage_event (tenant_id, source, event_id, customer_id, meter_id,
           occurred_at, quantity, value, properties, created_at) from '${file}'`,
      )
    }
    spent = performance.now() - begin
  })
  const each = 1 / BATCH
  return {
    spent,
    cost: { roundTrips: each, statements: each, walBytes: walBytes / (BATCH * BATCHES) },
  }
}

/** Reading the total of the current period of one customer with many events. */
async function totals({ billing }: World): Promise<Figure> {
  const { id: customerId } = await billing.customers.create({ code: 'heavy', name: 'Heavy' })
  const now = Date.now()
  await billing.usage.recordBatch(
    Array.from({ length: EVENTS_OF_ONE }, (_, n) => ({
      ...{ id: newId(), customerId, meter: 'calls', at: new Date(now - n * 1_000) },
      properties: { calls: 1 },
    })),
  )
  const span = {
    customerId,
    meter: 'calls',
    startsAt: new Date(now - 86_400_000),
    endsAt: new Date(now + 1),
  }
  const times: number[] = []
  for (let n = 0; n < READS; n += 1) {
    const begin = performance.now()
    await billing.usage.totals([span])
    times.push(performance.now() - begin)
  }
  return {
    name: `usage.totals of ${EVENTS_OF_ONE} events`,
    unit: 'ms',
    median: median(times),
    all: times,
  }
}

interface Counted {
  readonly events: number
  readonly quantity: number
}

async function counted({ shop }: World): Promise<Counted> {
  const { rows } = await shop.admin.query<Counted>(
    'select count(*)::int as events, coalesce(sum(quantity), 0)::int as quantity from gramkit.billing_usage_event',
  )
  return rows[0] ?? { events: 0, quantity: 0 }
}

/** Stops unless each event of the round is a row that counts one. */
async function check(world: World, before: Counted): Promise<void> {
  const after = await counted(world)
  const wanted = BATCH * BATCHES
  if (after.events - before.events === wanted && after.quantity - before.quantity === wanted) return
  throw new Error(`${JSON.stringify(after)} after ${JSON.stringify(before)}: not ${wanted} more`)
}
