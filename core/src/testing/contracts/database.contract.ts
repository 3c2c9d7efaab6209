import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { newId } from '../../kernel/index.ts'
import { type Database, databaseError, type Executor, rows } from '../../platform/database/index.ts'

/** What the suite sets on the pools it opens. */
export interface DatabaseContractOptions {
  readonly url: string
  readonly poolSize?: number
  readonly statementTimeoutMs?: number
  readonly lockTimeoutMs?: number
  readonly idleInTransactionTimeoutMs?: number
}

/** A driver under test and a database that it may be broken in. */
export interface DatabaseContract {
  open(options: DatabaseContractOptions): Database
  readonly database: {
    /** Address for the code under test. */
    readonly appUrl: string
    /** Address of a superuser, who ends backends. */
    readonly adminUrl: string
    /** Address of the owner, who creates the suite's tables. */
    readonly ownerUrl: string
  }
}

/** `GRAMKIT_PROOF=1` runs the long form: the figures a driver is chosen by. */
const FULL = process.env['GRAMKIT_PROOF'] === '1'
const TRAFFIC = FULL
  ? { rounds: 5, transactions: 200, queries: 1_500 }
  : { rounds: 1, transactions: 60, queries: 300 }
const DEADLINE_MS = FULL ? 60_000 : 20_000
const TIMEOUT_MS = DEADLINE_MS * (TRAFFIC.rounds + 1)

/**
 * What every driver of the kit survives: backends killed in the middle of transactions, more work
 * than connections, conflicts, timeouts. Nothing half applied, nothing acknowledged and lost, no
 * exception that would end the process, no call that never answers.
 *
 * @example
 * describe('node-postgres', () => databaseContract({ open: openNodePostgres, database }))
 */
export function databaseContract({ open, database }: DatabaseContract): void {
  const admin = new pg.Pool({ connectionString: database.adminUrl, max: 4 })
  // Whoever drops the database ends connections that are still on their way out.
  admin.on('connect', (client) => client.on('error', () => {}))
  const uncaught: unknown[] = []
  const note = (error: unknown): void => void uncaught.push(error)

  beforeAll(async () => {
    process.on('uncaughtException', note)
    process.on('unhandledRejection', note)
    const owner = new pg.Client({ connectionString: database.ownerUrl })
    await owner.connect()
    await owner.query(`
      create table public.fault_leg (transfer_id uuid not null, side text not null);
      create table public.fault_write (id uuid primary key);
      create table public.fault_row (id int primary key, value int not null);
      insert into public.fault_row values (1, 0), (2, 0);
      grant select, insert, update on public.fault_leg, public.fault_write, public.fault_row
        to gramkit_app;
    `)
    await owner.end()
  })

  beforeEach(async () => {
    await admin.query('truncate public.fault_leg, public.fault_write')
    uncaught.length = 0
  })

  afterAll(async () => {
    process.off('uncaughtException', note)
    process.off('unhandledRejection', note)
    await admin.end()
  })

  /** Ends a backend and waits until it is gone. */
  const kill = (pid: number): Promise<unknown> =>
    admin.query('select pg_terminate_backend($1, 5000)', [pid])

  /** Ends one backend of the application after another until it is stopped. */
  const killAtRandom = (): { readonly killed: () => number; stop(): Promise<void> } => {
    let stopped = false
    let killed = 0
    const killing = (async () => {
      while (!stopped) {
        const { rowCount } = await admin.query(
          `select pg_terminate_backend(pid, 5000) from (
             select pid from pg_stat_activity
             where datname = current_database() and usename = $1 and state <> 'idle'
             order by random() limit 1) picked`,
          [new URL(database.appUrl).username],
        )
        killed += rowCount ?? 0
        await pause(Math.random() * 20)
      }
    })()
    const stop = (): Promise<void> => {
      stopped = true
      return killing
    }
    return { killed: () => killed, stop }
  }

  /** What the database holds against what the driver said it had written. */
  const expectWholeAndKept = async (acknowledged: Acknowledged): Promise<void> => {
    const half = await admin.query(
      `select transfer_id from public.fault_leg group by transfer_id
       having array_agg(side order by side) <> array['in', 'out']`,
    )
    expect(half.rows, 'half-applied transactions').toEqual([])
    const lost = await admin.query(
      `select id from unnest($1::uuid[]) id
         where not exists (select from public.fault_leg where transfer_id = id)
       union all
       select id from unnest($2::uuid[]) id
         where not exists (select from public.fault_write f where f.id = id.id)`,
      [acknowledged.transfers, acknowledged.writes],
    )
    expect(lost.rows, 'acknowledged writes that are gone').toEqual([])
    expect(uncaught, 'exceptions that end a process').toEqual([])
  }

  describe.each([1, 3, 10])('with a pool of %i', { timeout: TIMEOUT_MS }, (poolSize) => {
    test('applies transactions whole while their backends are killed', async () => {
      await using db = open({ url: database.appUrl, poolSize })
      for (let round = 0; round < TRAFFIC.rounds; round++) {
        const acknowledged = { transfers: [], writes: [] }
        const traffic = writeMany(db, TRAFFIC.queries / 3, acknowledged)
        const outcomes = await within(
          Promise.allSettled(
            Array.from({ length: TRAFFIC.transactions / 2 }, (_, index) =>
              transfer(db, acknowledged, async (tx) => {
                if (index % 3 !== 0) return
                await kill(await backendOf(tx))
                await pause(Math.random() * 20)
              }),
            ),
          ),
        )
        await within(traffic)
        const killed = outcomes.filter((_, index) => index % 3 === 0)
        expect(killed.every(({ status }) => status === 'rejected')).toBe(true)
        await expectWholeAndKept(acknowledged)
      }
      await expectUsable(db)
    })

    test('keeps what it acknowledged while backends are killed at any moment', async () => {
      await using db = open({ url: database.appUrl, poolSize })
      const killer = killAtRandom()
      // A fast machine may be through with its traffic before any backend was hit.
      for (let round = 0; round < TRAFFIC.rounds || killer.killed() === 0; round++) {
        const acknowledged = { transfers: [], writes: [] }
        await within(
          Promise.all([
            writeMany(db, TRAFFIC.queries, acknowledged),
            Promise.allSettled(
              Array.from({ length: TRAFFIC.transactions }, () => transfer(db, acknowledged)),
            ),
          ]),
        )
        await expectWholeAndKept(acknowledged)
      }
      await within(killer.stop())
      await expectUsable(db)
    })

    test('carries out every transaction while queries outnumber its connections', async () => {
      await using db = open({ url: database.appUrl, poolSize })
      const acknowledged: Acknowledged = { transfers: [], writes: [] }
      await within(
        Promise.all([
          writeMany(db, TRAFFIC.queries, acknowledged),
          ...Array.from({ length: TRAFFIC.transactions }, () => transfer(db, acknowledged)),
        ]),
      )
      expect(acknowledged.transfers).toHaveLength(TRAFFIC.transactions)
      expect(acknowledged.writes).toHaveLength(TRAFFIC.queries)
      await expectWholeAndKept(acknowledged)
    })
  })

  test('does nothing when the work throws', async () => {
    await using db = open({ url: database.appUrl, poolSize: 1 })
    const acknowledged: Acknowledged = { transfers: [], writes: [] }
    const work = transfer(db, acknowledged, () => Promise.reject(new Error('changed my mind')))
    await expect(work).rejects.toThrow('changed my mind')
    await expectWholeAndKept(acknowledged)
    await expectUsable(db)
  })

  test('does nothing when one branch of the work throws and another goes on', async () => {
    await using db = open({ url: database.appUrl, poolSize: 1 })
    const acknowledged: Acknowledged = { transfers: [], writes: [] }
    let straggler: Promise<unknown> = Promise.resolve()
    let atEnd = (): void => {}
    const work = transfer(db, acknowledged, async (tx) => {
      const over = Promise.withResolvers<void>()
      straggler = over.promise.then(() =>
        tx.execute(sql`insert into public.fault_leg values (${newId()}, 'out')`),
      )
      atEnd = over.resolve
      throw new Error('changed my mind')
    })
    await expect(work).rejects.toThrow('changed my mind')
    atEnd()
    await expect(straggler).rejects.toThrow()
    await expectWholeAndKept(acknowledged)
  })

  test('reports a transaction whose COMMIT was answered with ROLLBACK', async () => {
    await using db = open({ url: database.appUrl, poolSize: 1 })
    const work = db.transaction(async (tx) => {
      await tx.execute(sql`select 1 / 0`).catch(() => {})
      return 'done'
    })
    await expect(work).rejects.toThrow()
    await expectUsable(db)
  })

  test('tries a serialization failure again until it passes', async () => {
    await using db = open({ url: database.appUrl, poolSize: 4 })
    await admin.query('update public.fault_row set value = 0')
    const allRead = Promise.withResolvers<void>()
    let attempts = 0
    const add = (): Promise<void> =>
      db.transaction(async (tx) => {
        await tx.execute(sql`set transaction isolation level repeatable read`)
        const value = await readValue(tx, 1)
        if (++attempts === 3) allRead.resolve()
        await allRead.promise
        await tx.execute(sql`update public.fault_row set value = ${value + 1} where id = 1`)
      })
    await within(Promise.all([add(), add(), add()]))
    expect(attempts).toBeGreaterThan(3)
    expect(await readValue(db.executor, 1)).toBe(3)
  })

  test('tries a deadlock again until both sides pass', async () => {
    await using db = open({ url: database.appUrl, poolSize: 4 })
    await admin.query('update public.fault_row set value = 0')
    const bothHold = Promise.withResolvers<void>()
    let holding = 0
    const add = (first: number, second: number): Promise<void> =>
      db.transaction(async (tx) => {
        await tx.execute(sql`update public.fault_row set value = value + 1 where id = ${first}`)
        if (++holding === 2) bothHold.resolve()
        await bothHold.promise
        await tx.execute(sql`update public.fault_row set value = value + 1 where id = ${second}`)
      })
    await within(Promise.all([add(1, 2), add(2, 1)]))
    expect(holding).toBeGreaterThan(2)
    expect(await readValue(db.executor, 1)).toBe(2)
    expect(await readValue(db.executor, 2)).toBe(2)
  })

  test('gives a conflict up after five attempts', async () => {
    await using db = open({ url: database.appUrl, poolSize: 1 })
    let attempts = 0
    const work = db.transaction(async (tx) => {
      attempts++
      await tx.execute(sql`do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`)
    })
    expect(databaseError(await work.catch((error: unknown) => error))?.code).toBe('40001')
    expect(attempts).toBe(5)
  })

  test('ends a statement, a wait for a lock and an idle transaction in time', async () => {
    const { appUrl: url } = database
    await using brief = open({ url, poolSize: 1, statementTimeoutMs: 400 })
    const slow = brief.executor.execute(sql`select pg_sleep(10)`)
    expect(await codeOf(within(slow))).toBe('57014')

    await using db = open({
      ...{ url, poolSize: 3, lockTimeoutMs: 200, idleInTransactionTimeoutMs: 100 },
    })
    const holder = await admin.connect()
    await holder.query('begin; update public.fault_row set value = 0 where id = 1')
    const waiting = db.executor.execute(sql`update public.fault_row set value = 1 where id = 1`)
    expect(await codeOf(within(waiting))).toBe('55P03')
    await holder.query('rollback')
    holder.release()

    const acknowledged: Acknowledged = { transfers: [], writes: [] }
    const idle = transfer(db, acknowledged, async (tx) => gone(await backendOf(tx)))
    await expect(within(idle)).rejects.toThrow()
    await expectWholeAndKept(acknowledged)
    await expectUsable(db)
  })

  test('limits statements, waits and idle transactions when nothing is said', async () => {
    await using db = open({ url: database.appUrl, poolSize: 1 })
    const limits = await rows(
      db.executor,
      sql`select name, setting from pg_settings where setting::text <> '0' and name in
        ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')`,
      z.object({ name: z.string() }),
    )
    expect(limits).toHaveLength(3)
  })

  test('hears notifications again after its listening backend was killed', async () => {
    await using db = open({ url: database.appUrl, poolSize: 1 })
    const heard: string[] = []
    const stop = await db.listen('fault', (payload) => heard.push(payload))
    const { rows: listeners } = await admin.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and query ilike 'listen %'`,
    )
    expect(listeners).toHaveLength(1)
    for (const { pid } of listeners) await kill(pid)
    await expect
      .poll(
        async () => {
          await db.executor.execute(sql`select pg_notify('fault', 'after')`)
          return heard
        },
        { timeout: 10_000 },
      )
      // And that something may have been missed; which of the two is heard first is chance.
      .toEqual(expect.arrayContaining(['after', '']))
    await stop()
    await expect.poll(async () => listening(), { timeout: 5_000 }).toBe(0)
  })

  test('closes twice, and with a broken connection in the pool', async () => {
    const db = open({ url: database.appUrl, poolSize: 2 })
    await kill(await backendOf(db.executor))
    await within(db.close())
    await within(db.close())
    await expect(within(backendOf(db.executor))).rejects.toThrow()
  })

  /** Waits until a backend is gone, however it ended. */
  const gone = async (pid: number): Promise<void> => {
    await expect
      .poll(
        async () =>
          (await admin.query('select from pg_stat_activity where pid = $1', [pid])).rowCount,
        {
          timeout: 5_000,
        },
      )
      .toBe(0)
  }

  const listening = async (): Promise<number | null> => {
    const { rowCount } = await admin.query(
      `select from pg_stat_activity where datname = current_database() and query ilike 'listen %'`,
    )
    return rowCount
  }
}

interface Acknowledged {
  readonly transfers: string[]
  readonly writes: string[]
}

/** One transaction of two writes that belong together, with something between them. */
async function transfer(
  db: Database,
  acknowledged: Acknowledged,
  between: (tx: Executor) => Promise<void> = async () => {},
): Promise<void> {
  const id = newId()
  await db.transaction(async (tx) => {
    await tx.execute(sql`insert into public.fault_leg values (${id}, 'out')`)
    await between(tx)
    await tx.execute(sql`insert into public.fault_leg values (${id}, 'in')`)
  })
  acknowledged.transfers.push(id)
}

/** Many writes at once, each on its own; those that fail are nobody's loss. */
async function writeMany(db: Database, count: number, acknowledged: Acknowledged): Promise<void> {
  await Promise.allSettled(
    Array.from({ length: count }, async () => {
      const id = newId()
      await db.executor.execute(sql`insert into public.fault_write values (${id})`)
      acknowledged.writes.push(id)
    }),
  )
}

async function readValue(executor: Executor, id: number): Promise<number> {
  const [row] = await rows(
    executor,
    sql`select value from public.fault_row where id = ${id}`,
    z.object({ value: z.number() }),
  )
  return row?.value ?? Number.NaN
}

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return databaseError(await work.catch((error: unknown) => error))?.code
}

async function backendOf(executor: Executor): Promise<number> {
  const [row] = await rows(
    executor,
    sql`select pg_backend_pid() as pid`,
    z.object({ pid: z.number() }),
  )
  return row?.pid ?? 0
}

/** Broken connections are found out by use: each of the pool's may fail once, then none may. */
async function expectUsable(db: Database): Promise<void> {
  const use = (): Promise<PromiseSettledResult<number>[]> =>
    within(Promise.allSettled(Array.from({ length: 20 }, () => backendOf(db.executor))))
  await use()
  expect((await use()).filter(({ status }) => status === 'rejected')).toEqual([])
}

/** Turns a call that never answers into a failure. */
async function within<T>(work: Promise<T>, durationMs = DEADLINE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer in ${durationMs} ms`)), durationMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs))
}
