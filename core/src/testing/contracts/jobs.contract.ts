import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestDatabase, testDatabase } from '@gramkit/services/testing'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { newId, systemClock } from '../../kernel/index.ts'
import { type Database, openNodePostgres, rows } from '../../platform/database/index.ts'
import {
  type JobsRole,
  type JobsRuntime,
  type JobTransport,
  startJobs,
} from '../../platform/jobs/index.ts'
import {
  createProbe,
  fail,
  GATE,
  happened,
  linger,
  listeners,
  note,
  type Probe,
  probeHost,
} from './jobs-probe.ts'

/** A transport to be tested. */
export interface JobsContractOptions {
  readonly name: string
  /** Prepares a database for the queue, if it needs that. */
  prepare?(database: TestDatabase): Promise<void>
  /** Address of a queue that is empty before each test file. */
  urlOf(database: TestDatabase): string
  open(url: string): JobTransport
  /** Loses everything that the queue holds. */
  empty(database: TestDatabase): Promise<void>
  /** `redis` or `postgres`, for a program that opens the same transport. */
  readonly kind: 'redis' | 'postgres'
}

const quiet = { info() {}, warn() {}, error() {} }
const WAIT = { timeout: 20_000, interval: 50 }

/** Proves that jobs keep their promises whatever carries them. */
export function jobsContract(options: JobsContractOptions): void {
  describe(`jobs over ${options.name}`, () => {
    let target: TestDatabase
    let database: Database
    let host: ReturnType<typeof probeHost>
    let ticked = 0
    const running: JobsRuntime[] = []
    const children: ChildProcess[] = []

    const start = async (...roles: JobsRole[]): Promise<JobsRuntime> => {
      const runtime = await startJobs({
        database,
        host,
        logger: quiet,
        roles,
        transport: options.open(options.urlOf(target)),
        jobs: [note, fail, linger],
        subscriptions: listeners,
        dueWork: [
          {
            name: 'probe.tick',
            everyMs: 500,
            nextDueAt: async () => null,
            async runDue() {
              ticked += 1
              return 0
            },
          },
        ],
        pollMs: 200,
        staleMs: 1_000,
      })
      running.push(runtime)
      return runtime
    }
    const enqueue = (work: (tx: Probe) => Promise<void>): Promise<void> => host.transaction(work)
    const countHanded = async (): Promise<number> => {
      const [found] = await rows(
        database.executor,
        sql`select count(*)::int as count from gramkit.job where status = 'pending' and handed_at is not null`,
        z.object({ count: z.number() }),
      )
      return found?.count ?? 0
    }

    beforeAll(async () => {
      target = await testDatabase()
      await createProbe(target.ownerUrl)
      await options.prepare?.(target)
      await options.empty(target)
      database = openNodePostgres({ url: target.appUrl, poolSize: 12 })
      host = probeHost(database, systemClock)
    })
    afterEach(async () => {
      for (const child of children.splice(0)) child.kill('SIGKILL')
      await Promise.all(running.splice(0).map((runtime) => runtime.close()))
    })
    afterAll(async () => {
      await database.close()
      await target.drop()
    })

    test('runs what a committed transaction asked for, and nothing of one that rolled back', async () => {
      await start('relay', 'worker')
      const asked = newId()
      const undone = host.transaction(async (tx) => {
        await tx.repos.jobs.enqueue(note, { text: `undone ${asked}` })
        throw new Error('undo')
      })
      await expect(undone).rejects.toThrow('undo')
      await enqueue((tx) => tx.repos.jobs.enqueue(note, { text: asked }))
      await vi.waitFor(async () => expect(await host.services.noted('note')).toContain(asked), WAIT)
      expect(await host.services.noted('note')).not.toContain(`undone ${asked}`)
    })

    test('brings each event once to each consumer, those of a subject in order', async () => {
      await start('relay', 'worker')
      const subjects = ['a', 'b', 'c', 'd']
      for (let number = 0; number < 8; number++) {
        await Promise.all(
          subjects.map((subjectId) =>
            enqueue((tx) =>
              tx.repos.outbox.add(
                happened.create({
                  occurredAt: systemClock.now(),
                  subjectId,
                  payload: { text: String(number) },
                }),
              ),
            ),
          ),
        )
      }
      for (const consumer of ['probe.hear', 'probe.listen']) {
        await vi.waitFor(
          async () => expect(await host.services.noted(consumer)).toHaveLength(32),
          WAIT,
        )
        const heard = await host.services.noted(consumer)
        for (const subject of subjects) {
          expect(heard.filter((line) => line.startsWith(subject))).toEqual(
            Array.from({ length: 8 }, (_, number) => `${subject} ${number}`),
          )
        }
      }
    })

    test('takes a job once into effect that was handed over five times', async () => {
      const asked = newId()
      await enqueue((tx) => tx.repos.jobs.enqueue(note, { text: asked }))
      const [waiting] = await host.services.repos.jobs.listRunnable({
        names: [note.name],
        now: systemClock.now(),
        limit: 1,
      })
      const transport = options.open(options.urlOf(target))
      if (waiting) await transport.send([waiting, waiting, waiting, waiting, waiting])
      await transport.close()
      const last = newId()
      await start('relay', 'worker')
      await vi.waitFor(async () => expect(await host.services.noted('note')).toContain(asked), WAIT)
      await enqueue((tx) => tx.repos.jobs.enqueue(note, { text: last }))
      await vi.waitFor(async () => expect(await host.services.noted('note')).toContain(last), WAIT)
      const effects = await host.services.noted('note')
      expect(effects.filter((line) => line === asked)).toHaveLength(1)
    })

    test('puts a poison job aside without holding up the others, and runs it again on demand', async () => {
      await start('relay', 'worker')
      const text = newId()
      await enqueue(async (tx) => {
        await tx.repos.jobs.enqueue(fail, { text })
        await tx.repos.jobs.enqueue(note, { text })
      })
      const { jobs } = host.services.repos
      await vi.waitFor(async () => expect((await jobs.listDead()).items).toHaveLength(1), WAIT)
      const [dead] = (await jobs.listDead()).items
      expect(dead).toMatchObject({ attempts: 2, lastError: 'Error: poison', status: 'dead' })
      expect(await host.services.noted('note')).toContain(text)
      expect(await host.services.noted('fail')).toEqual([])

      await jobs.retry(dead?.id ?? '')
      await vi.waitFor(async () => expect((await jobs.listDead()).items).toHaveLength(1), WAIT)
    })

    test('loses nothing when the queue is emptied with jobs waiting', async () => {
      const relay = await start('relay')
      const asked = Array.from({ length: 20 }, () => newId())
      await enqueue(async (tx) => {
        for (const text of asked) await tx.repos.jobs.enqueue(note, { text })
      })
      await vi.waitFor(async () => expect(await countHanded()).toBe(20), WAIT)
      await options.empty(target)
      await relay.close()

      await start('relay', 'worker')
      await vi.waitFor(async () => {
        const effects = await host.services.noted('note')
        expect(effects.filter((line) => asked.includes(line)).sort()).toEqual(asked.sort())
      }, WAIT)
    })

    test('ticks scheduled work, also after the queue was emptied', async () => {
      await start('relay', 'worker')
      const before = ticked
      await vi.waitFor(() => expect(ticked).toBeGreaterThan(before + 1), WAIT)
      await options.empty(target)
      const emptied = ticked
      await vi.waitFor(() => expect(ticked).toBeGreaterThan(emptied + 2), WAIT)
    })

    test('runs a job again whose process was killed in the middle', async () => {
      const text = newId()
      await enqueue((tx) => tx.repos.jobs.enqueue(linger, { text }))
      const gate = new pg.Client({ connectionString: target.appUrl })
      await gate.connect()
      await gate.query('select pg_advisory_lock($1)', [GATE])
      const child = spawn(
        process.execPath,
        [
          ...['-C', 'gramkit-source', new URL('./jobs-program.ts', import.meta.url).pathname],
          ...[target.appUrl, options.kind, options.urlOf(target)],
        ],
        { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, NODE_OPTIONS: '' } },
      )
      children.push(child)
      const waiting = sql`select count(*)::int as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and wait_event = 'advisory'`
      await vi.waitFor(async () => {
        const [found] = await rows(database.executor, waiting, z.object({ count: z.number() }))
        expect(found?.count).toBe(1)
      }, WAIT)
      child.kill('SIGKILL')
      await once(child, 'exit')
      await gate.end()

      await start('relay', 'worker')
      await vi.waitFor(
        async () => expect(await host.services.noted('linger')).toEqual([text]),
        WAIT,
      )
    }, 60_000)
  })
}
