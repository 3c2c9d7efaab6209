/**
 * P7: events from the outbox through BullMQ to a handler that writes a row, beside BullMQ alone with
 * the same handler, on both of its backends.
 *
 * @module
 */

import { coreHost, startJobs, subscribe } from '@gramkit/core/jobs'
import { bullmqOnPostgres, bullmqOnRedis } from '@gramkit/core/jobs/bullmq'
import { defineEvent } from '@gramkit/core/outbox'
import { startRedis } from '@gramkit/services'
import { createPostgresBackend, Queue, Worker, withBackend } from 'bullmq'
import { sql } from 'drizzle-orm'
import { Redis } from 'ioredis'
import pg from 'pg'
import { z } from 'zod'
import { costOf } from './cost.ts'
import { alternate, type Cost, medianOf, type Report, withCosts } from './measure.ts'
import { type BenchShop, openBenchShop } from './settlement/shop.ts'

const CONCURRENCY = 8
/** Events or jobs in one round of one side. */
const EVENTS = 400
const BATCH = 200

const happened = defineEvent('bench.happened', {
  version: 1,
  schema: z.object({ number: z.number() }),
})

/** A running relay or queue with its worker. */
interface Opened {
  /** Hands over so many events or jobs. */
  send(count: number): Promise<unknown>
  close(): Promise<unknown>
}

/** Runs the comparison. */
export async function measureQueue(): Promise<Report> {
  await using shop = await openBenchShop(CONCURRENCY + 4)
  await using redis = await startRedis()
  await shop.admin.query(`
    create schema bench;
    create table bench.effect (id bigint generated always as identity, number int not null);
    grant usage on schema bench to gramkit_app;
    grant all on bench.effect to gramkit_app`)
  const costs = new Map<string, Cost>()
  const side = (name: string, open: () => Promise<Opened>) => ({
    name,
    async measure() {
      const opened = await open()
      try {
        await brought(shop, opened, BATCH)
        const begin = performance.now()
        await brought(shop, opened, EVENTS)
        const spent = performance.now() - begin
        if (!costs.has(name)) {
          const work = () => brought(shop, opened, EVENTS)
          costs.set(name, await costOf(shop.adminUrl, EVENTS, work))
        }
        return (EVENTS * 1_000) / spent
      } finally {
        await opened.close()
      }
    },
  })
  const names = {
    kitOnPostgres: 'outbox and worker of the kit, PostgreSQL',
    rawOnPostgres: 'BullMQ alone, PostgreSQL',
    kitOnRedis: 'outbox and worker of the kit, Redis',
    rawOnRedis: 'BullMQ alone, Redis',
  }
  const figures = await alternate('a second', [
    side(names.kitOnPostgres, () => openKit(shop, bullmqOnPostgres({ url: shop.appUrl }))),
    side(names.rawOnPostgres, () => openOnPostgres(shop)),
    side(names.kitOnRedis, () => openKit(shop, bullmqOnRedis({ url: redis.url }))),
    side(names.rawOnRedis, () => openOnRedis(shop, redis.url)),
  ])
  const ratio = (kit: string, raw: string) =>
    ({
      what: `${kit} / ${raw}`,
      value: medianOf(figures, kit) / medianOf(figures, raw),
      goal: 0.8,
      direction: 'at least',
    }) as const
  return {
    figures: withCosts(figures, costs),
    comparisons: [
      ratio(names.kitOnPostgres, names.rawOnPostgres),
      ratio(names.kitOnRedis, names.rawOnRedis),
    ],
  }
}

async function openKit(
  { platform, admin }: BenchShop,
  transport: ReturnType<typeof bullmqOnRedis>,
): Promise<Opened> {
  const quiet = { info() {}, warn() {}, error() {} }
  const runtime = await startJobs({
    database: platform.database,
    host: coreHost(platform),
    subscriptions: [
      subscribe({
        event: happened,
        consumer: 'bench.write',
        handle: async (tx: typeof platform.core, { payload }) => {
          await tx.repos.db.execute(
            sql`insert into bench.effect (number) values (${payload.number})`,
          )
        },
      }),
    ],
    logger: quiet,
    roles: ['relay', 'worker'],
    transport,
    concurrency: CONCURRENCY,
  })
  return {
    async send(count) {
      await admin.query(
        `insert into gramkit.outbox_event (id, name, version, occurred_at, subject_id, payload)
         select gen_random_uuid(), 'bench.happened', 1, now(), gen_random_uuid()::text,
           jsonb_build_object('number', n) from generate_series(1, $1::int) n`,
        [count],
      )
      await admin.query(`select pg_notify('gramkit_wake', '')`)
    },
    close: () => runtime.close(),
  }
}

async function openOnPostgres(shop: BenchShop): Promise<Opened> {
  const bull = withBackend(createPostgresBackend)
  const connect = (max: number) => ({
    ...{ connectionString: shop.adminUrl, max, schema: 'bench_queue', migrate: true },
  })
  const pool = openPool(shop)
  const queue = new bull.Queue('raw', { connection: connect(1) })
  await queue.waitUntilReady()
  const worker = new bull.Worker('raw', handleWith(pool), {
    ...{ connection: connect(3), concurrency: CONCURRENCY, removeOnComplete: { count: 0 } },
  })
  return rawOf(queue, worker, () => pool.end())
}

async function openOnRedis(shop: BenchShop, url: string): Promise<Opened> {
  const pool = openPool(shop)
  const connect = () => new Redis(url, { maxRetriesPerRequest: null })
  const [sender, taker] = [connect(), connect()]
  const queue = new Queue('raw', { connection: sender })
  const worker = new Worker('raw', handleWith(pool), {
    ...{ connection: taker, concurrency: CONCURRENCY, removeOnComplete: { count: 0 } },
  })
  return rawOf(queue, worker, async () => {
    await pool.end()
    sender.disconnect()
    taker.disconnect()
  })
}

function rawOf(
  queue: Pick<Queue, 'addBulk' | 'close'>,
  worker: Pick<Worker, 'close'>,
  end: () => Promise<unknown>,
): Opened {
  return {
    async send(count) {
      for (let from = 0; from < count; from += BATCH) {
        const numbers = Array.from({ length: Math.min(BATCH, count - from) }, (_, n) => from + n)
        await queue.addBulk(numbers.map((number) => ({ name: 'write', data: { number } })))
      }
    },
    async close() {
      await worker.close()
      await queue.close()
      await end()
    },
  }
}

function openPool(shop: BenchShop): pg.Pool {
  const pool = new pg.Pool({ connectionString: shop.appUrl, max: CONCURRENCY })
  pool.on('error', () => {})
  return pool
}

function handleWith(pool: pg.Pool) {
  return async ({ data }: { readonly data: { readonly number: number } }): Promise<void> => {
    await pool.query('insert into bench.effect (number) values ($1)', [data.number])
  }
}

/** Sends so many and waits until each has had its effect, once. */
async function brought(shop: BenchShop, opened: Opened, count: number): Promise<void> {
  const effects = async (): Promise<number> => {
    const { rows } = await shop.admin.query<{ n: number }>(
      'select count(*)::int as n from bench.effect',
    )
    return rows[0]?.n ?? 0
  }
  const wanted = (await effects()) + count
  await opened.send(count)
  for (;;) {
    const found = await effects()
    if (found > wanted) throw new Error(`${found - wanted} effects too many`)
    if (found === wanted) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
