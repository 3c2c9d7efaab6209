import { createHash } from 'node:crypto'
import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { assert, type Clock } from '../../kernel/index.ts'
import { assertNoTransaction, type Database, rows } from '../database/index.ts'
import type { Limiter, Taken } from './limiter.ts'
import { LimitsUnavailable } from './limits.errors.ts'

/** How a limiter counts. */
export interface PostgresLimiterOptions {
  /** [the database's own time, one for all processes and not moved by the kit's clock] */
  readonly clock?: Clock
}

const FORGET_BATCH = 1_000

/**
 * Limits as rows: the generic cell rate algorithm in one statement, exact at any concurrency.
 *
 * Each call commits by itself, on a connection of the pool, and refuses to run while the caller's
 * transaction is open: a rollback would not give the try back, and waiting for a second connection
 * while holding one can starve the pool.
 */
export function openPostgresLimiter(
  database: Pick<Database, 'executor'>,
  { clock }: PostgresLimiterOptions = {},
): Limiter {
  const now = (): SQL =>
    clock ? sql`${clock.now().toISOString()}::timestamptz` : sql`statement_timestamp()`

  async function read<Schema extends z.ZodType>(
    call: string,
    query: SQL,
    schema: Schema,
  ): Promise<z.output<Schema>[]> {
    assertNoTransaction(call)
    try {
      return await rows(database.executor, query, schema)
    } catch (cause) {
      throw new LimitsUnavailable({ cause })
    }
  }

  /** Locks each row once, in the order of keys, so that two that take many never wait in a circle. */
  async function takeAll(
    call: string,
    keys: readonly string[],
    { limit, perMs, cost = 1 }: Parameters<Limiter['take']>[2],
  ): Promise<Taken[]> {
    assert(limit > 0 && perMs > 0 && cost > 0 && cost <= limit, 'A limit allows what it counts')
    const at = now()
    const used = milliseconds((perMs / limit) * cost)
    const asked = sql`unnest(${sql.param([...keys])}::text[])`
    // What is left of the time until all tries are free, and this try's share, must fit into the
    // period.
    const taken = await read(
      call,
      sql`
        with taken as (
          insert into gramkit.rate_limit as entry (key, free_at)
          select asked.key, ${at} + ${used} from ${asked} as asked (key) order by asked.key
          on conflict (key) do update set free_at = greatest(entry.free_at, ${at}) + ${used}
            where greatest(entry.free_at, ${at}) + ${used} <= ${at} + ${milliseconds(perMs)}
              and coalesce(entry.paused_until <= ${at}, true)
          returning key
        )
        select asked.key in (select key from taken) as "isAllowed", coalesce((
          select extract(epoch from greatest(
            entry.free_at + ${used} - ${milliseconds(perMs)}, entry.paused_until) - ${at})
          from gramkit.rate_limit entry where entry.key = asked.key), 0)::float8 as "waitSeconds"
        from ${asked} with ordinality as asked (key, place) order by asked.place`,
      z.object({ isAllowed: z.boolean(), waitSeconds: z.number() }),
    )
    // The read part sees the rows as they were before: a try that lost to one at the same instant
    // may find nothing to wait for.
    return taken.map(({ isAllowed, waitSeconds }) => ({
      isAllowed,
      retryAfterMs: isAllowed ? 0 : Math.max(Math.ceil(waitSeconds * 1_000), 1),
    }))
  }

  return {
    async take(name, subject, rate) {
      const [taken] = await takeAll('limiter.take', [keyOf(name, subject)], rate)
      assert(taken, 'Whoever asks for one subject gets one answer')
      return taken
    },

    takeEach: (name, subjects, rate) =>
      takeAll(
        'limiter.takeEach',
        subjects.map((subject) => keyOf(name, subject)),
        rate,
      ),

    async giveBack(name, subjects, { limit, perMs }) {
      const keys = subjects.map((subject) => keyOf(name, subject))
      await read(
        'limiter.giveBack',
        sql`
          with given as materialized (
            select key from gramkit.rate_limit where key = any(${sql.param(keys)}::text[])
            order by key for no key update
          )
          update gramkit.rate_limit entry set free_at = entry.free_at - ${milliseconds(perMs / limit)}
          from given where entry.key = given.key`,
        z.unknown(),
      )
    },

    async pause(name, subject, durationMs) {
      const at = now()
      await read(
        'limiter.pause',
        sql`
          insert into gramkit.rate_limit as entry (key, free_at, paused_until)
          values (${keyOf(name, subject)}, ${at}, ${at} + ${milliseconds(durationMs)})
          on conflict (key) do update
            set paused_until = greatest(entry.paused_until, excluded.paused_until)`,
        z.unknown(),
      )
    },

    async forgetOld() {
      const at = now()
      const forgotten = await read(
        'limiter.forgetOld',
        sql`
          delete from gramkit.rate_limit where key in (
            select key from gramkit.rate_limit
            where free_at <= ${at} and coalesce(paused_until <= ${at}, true)
            order by free_at limit ${FORGET_BATCH} for update skip locked
          ) returning key`,
        z.object({ key: z.string() }),
      )
      return forgotten.length
    },
  }
}

function keyOf(name: string, subject: string): string {
  return createHash('sha256')
    .update(JSON.stringify([name, subject]))
    .digest('hex')
}

function milliseconds(durationMs: number): SQL {
  return sql`${durationMs}::float8 * interval '1 millisecond'`
}
