/**
 * P4: using one invitation code, 16 people at a time, beside drizzle's usual way in tables of its
 * own; and what each operation of invitations costs the database.
 *
 * @module
 */
import { newId } from '@gramkit/core/kernel'
import pg from 'pg'
import { costOf } from './cost.ts'
import {
  alternate,
  type Cost,
  type Figure,
  median,
  medianOf,
  type Report,
  withCosts,
} from './measure.ts'
import { createNaiveTables, openNaive } from './redemption/naive.ts'
import { type BenchShop, openBenchShop } from './settlement/shop.ts'

const CONCURRENCY = 16
/** Uses of one code in one round of one side. */
const USES = 1_600
/** Calls of an operation whose cost is looked at. */
const CALLS = 100
const BATCH = 10_000

const KIT = 'invites.use'
const PEER = 'drizzle, select for update and update'

/** Runs the comparison. */
export async function measureRedemption(): Promise<Report> {
  await using shop = await openBenchShop(CONCURRENCY)
  await createNaiveTables(shop.admin)
  const pool = new pg.Pool({ connectionString: shop.appUrl, max: CONCURRENCY })
  pool.on('error', () => {})
  try {
    return await compare(shop, openNaive(pool))
  } finally {
    await pool.end()
  }
}

async function compare(shop: BenchShop, useNaively: ReturnType<typeof openNaive>): Promise<Report> {
  const { invites } = shop.platform.services
  const sides = [
    {
      name: KIT,
      schema: 'gramkit',
      use: (code: string, usedBy: string): Promise<unknown> => invites.use({ code, usedBy }),
    },
    { name: PEER, schema: 'naive', use: useNaively },
  ] as const
  const figures = await alternate(
    'a second',
    sides.map(({ name, schema, use }) => ({
      name,
      async measure() {
        const { id, code } = await newCode(shop, schema)
        const begin = performance.now()
        await together(USES, CONCURRENCY, (n) => use(code, `user-${n}`))
        const spent = performance.now() - begin
        await checkUses(shop.admin, schema, id)
        return (USES * 1_000) / spent
      },
    })),
  )
  const costs = new Map<string, Cost>()
  for (const { name, schema, use } of sides) {
    const { code } = await newCode(shop, schema)
    const cost = await costOf(shop.adminUrl, CALLS, () =>
      together(CALLS, 1, (n) => use(code, `user-${n}`)),
    )
    costs.set(name, cost)
  }
  return {
    figures: [...withCosts(figures, costs), ...(await operations(shop))],
    comparisons: [
      {
        what: `${KIT} / ${PEER}`,
        value: medianOf(figures, KIT) / medianOf(figures, PEER),
        goal: 5,
        direction: 'at least',
      },
    ],
  }
}

/** The other operations, one at a time: nothing stands beside them. */
async function operations(shop: BenchShop): Promise<Figure[]> {
  const { invites } = shop.platform.services
  const { code } = await newCode(shop, 'gramkit')
  const all = [
    { name: 'invites.create', calls: CALLS, work: () => invites.create({ createdBy: 'bench' }) },
    { name: 'invites.validate', calls: CALLS, work: () => invites.validate({ code }) },
    {
      name: `invites.createBatch of ${BATCH}`,
      calls: 3,
      work: () => invites.createBatch({ createdBy: 'bench', count: BATCH }),
    },
  ]
  const figures: Figure[] = []
  for (const { name, calls, work } of all) {
    const times: number[] = []
    const cost = await costOf(shop.adminUrl, calls, () =>
      together(calls, 1, async () => {
        const begin = performance.now()
        await work()
        times.push(performance.now() - begin)
      }),
    )
    figures.push({ name, unit: 'ms', median: median(times), all: times, cost })
  }
  return figures
}

async function newCode(
  { platform, admin }: BenchShop,
  schema: 'gramkit' | 'naive',
): Promise<{ readonly id: string; readonly code: string }> {
  const code = `HOT-${newId().slice(9)}`.slice(0, 32)
  const { id } = await platform.services.invites.create({
    createdBy: 'bench',
    code,
    usageLimit: null,
  })
  if (schema === 'naive') {
    await admin.query(
      `insert into naive.invitation (id, code, created_by, status, use_count, metadata, created_at)
       select id, code, created_by, status, use_count, metadata, created_at
       from gramkit.invitation where id = $1`,
      [id],
    )
  }
  return { id, code }
}

async function together(
  count: number,
  concurrency: number,
  work: (n: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const hand = async (): Promise<void> => {
    while (next < count) {
      const n = next
      next += 1
      await work(n)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, hand))
}

/** Stops unless each use is a row and an event, and is counted. */
async function checkUses(admin: pg.Pool, schema: string, id: string): Promise<void> {
  const { rows } = await admin.query<Record<string, string>>(
    `select (select use_count::text from ${schema}.invitation where id = $1) as counted,
            (select count(distinct used_by) from ${schema}.invitation_use
             where invitation_id = $1) as uses,
            (select count(*) from ${schema}.outbox_event
             where subject_id = $1::text and name = 'invitation.used') as facts`,
    [id],
  )
  const n = String(USES)
  const found = JSON.stringify(rows[0])
  if (found !== JSON.stringify({ counted: n, uses: n, facts: n })) {
    throw new Error(`${schema} has ${found} instead of ${n} uses`)
  }
}
