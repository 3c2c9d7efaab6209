import { testDatabase } from '@gramkit/services/testing'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { assert, InvalidValue, newId, VirtualClock } from '../../kernel/index.ts'
import {
  createProbe,
  happened,
  listeners,
  note,
  type Probe,
  probeHost,
} from '../../testing/contracts/jobs-probe.ts'
import { openNodePostgres, rows } from '../database/index.ts'
import type { OutboxRepository } from '../outbox/index.ts'
import { defineJob } from './job.ts'
import { NothingSettles } from './jobs.errors.ts'
import { JobsRepository } from './jobs.repository.ts'
import { type JobsOptions, startJobs } from './start-jobs.ts'

const HOUR_MS = 3_600_000
const target = await testDatabase()
const database = openNodePostgres({ url: target.appUrl })
const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'))
const host = probeHost(database, clock)
const quiet = { info() {}, warn() {}, error() {} }
const text = z.object({ text: z.string() })

beforeAll(() => createProbe(target.ownerUrl))
beforeEach(() => clock.advance(24 * HOUR_MS))
afterAll(async () => {
  await database.close()
  await target.drop()
})

const start = (options: Partial<JobsOptions<Probe>> = {}) =>
  startJobs({ database, host, logger: quiet, jobs: [note], ...options })
const enqueue = (work: (jobs: JobsRepository) => Promise<void>): Promise<void> =>
  host.transaction((tx) => work(tx.repos.jobs))
const inHours = (hours: number): Date => new Date(clock.now().getTime() + hours * HOUR_MS)

describe('settle', () => {
  test('does what is due, leaves what is not, and names the next instant', async () => {
    const runtime = await start()
    const [due, later] = [newId(), newId()]
    await enqueue(async (jobs) => {
      await jobs.enqueue(note, { text: later }, { runAt: inHours(2) })
      await jobs.enqueue(note, { text: due }, { runAt: clock.now() })
    })
    expect(await runtime.settle()).toEqual({ worked: 1, nextDueAt: inHours(2) })
    expect(await host.services.noted('note')).toContain(due)
    clock.advance(2 * HOUR_MS)
    expect(await runtime.settle()).toEqual({ worked: 1, nextDueAt: null })
    expect(await host.services.noted('note')).toContain(later)
    expect(await runtime.settle()).toEqual({ worked: 0, nextDueAt: null })
  })

  test('follows events into jobs and jobs into scheduled work until all is quiet', async () => {
    let dueRows = 3
    const runtime = await start({
      subscriptions: listeners,
      dueWork: [
        {
          name: 'probe.work',
          everyMs: 1_000,
          nextDueAt: async () => (dueRows > 0 ? clock.now() : null),
          async runDue({ repos }) {
            if (dueRows === 0) return 0
            dueRows -= 1
            await repos.jobs.enqueue(note, { text: `row ${dueRows}` })
            return 1
          },
        },
      ],
    })
    await host.transaction((tx) =>
      tx.repos.outbox.add(
        happened.create({ occurredAt: clock.now(), subjectId: 's', payload: { text: 'x' } }),
      ),
    )
    expect(await runtime.settle()).toEqual({ worked: 1 + 2 + 3 + 3, nextDueAt: null })
    expect(await host.services.noted('probe.hear')).toEqual(['s x'])
    expect((await host.services.noted('note')).filter((line) => line.startsWith('row'))).toEqual([
      'row 2',
      'row 1',
      'row 0',
    ])
  })

  test('waits for a job that another process has in its hands', async () => {
    const entered = Promise.withResolvers<void>()
    const leave = Promise.withResolvers<void>()
    const held = defineJob({
      name: 'probe.held',
      schema: text,
      async run(tx: Probe, payload) {
        entered.resolve()
        await leave.promise
        await tx.note('held', payload.text)
      },
    })
    const [one, other] = [await start({ jobs: [held] }), await start({ jobs: [held] })]
    await enqueue((jobs) => jobs.enqueue(held, { text: 'once' }))
    const first = one.settle()
    await entered.promise
    let isSettled = false
    const second = other.settle().finally(() => {
      isSettled = true
    })
    await database.executor.execute('select pg_sleep(0.2)')
    expect(isSettled).toBe(false)
    leave.resolve()
    expect((await first).worked).toBe(1)
    expect((await second).worked).toBe(0)
    expect(await host.services.noted('held')).toEqual(['once'])
  })

  test('names what stays due although nobody works it', async () => {
    const runtime = await start({
      settleTimeoutMs: 50,
      dueWork: [
        {
          name: 'probe.stuck',
          everyMs: 1_000,
          nextDueAt: async () => clock.now(),
          runDue: async () => 0,
        },
      ],
    })
    await expect(runtime.settle()).rejects.toThrow(NothingSettles)
    await expect(runtime.settle()).rejects.toThrow('probe.stuck')
  })
})

describe('a job', () => {
  test('is left to processes that know it', async () => {
    const unknown = { name: 'probe.unknown', schema: text, attemptsMax: 1 }
    await enqueue((jobs) => jobs.enqueue(unknown, { text: 'x' }))
    expect(await (await start()).settle()).toMatchObject({ worked: 0, nextDueAt: null })
  })

  test('is written once for one dedupe key', async () => {
    const dedupeKey = newId()
    await enqueue(async (jobs) => {
      await jobs.enqueue(note, { text: dedupeKey }, { dedupeKey })
      await jobs.enqueue(note, { text: dedupeKey }, { dedupeKey })
    })
    expect((await (await start()).settle()).worked).toBe(1)
  })

  test('waits for the earlier one of its order key, and no longer once that is dead', async () => {
    let isBroken = true
    const ordered = defineJob({
      name: 'probe.ordered',
      schema: text,
      attemptsMax: 2,
      backoffMs: 60_000,
      async run(tx: Probe, payload) {
        if (payload.text === 'first' && isBroken) throw new Error('not yet')
        await tx.note('ordered', payload.text)
      },
    })
    const runtime = await start({ jobs: [ordered], settleTimeoutMs: 50 })
    await enqueue(async (jobs) => {
      await jobs.enqueue(ordered, { text: 'first' }, { orderKey: 'k' })
      await jobs.enqueue(ordered, { text: 'second' }, { orderKey: 'k' })
      await jobs.enqueue(ordered, { text: 'free' }, { orderKey: 'other' })
    })
    const { nextDueAt } = await runtime.settle()
    expect(await host.services.noted('ordered')).toEqual(['free'])
    expect(nextDueAt?.getTime()).toBeGreaterThan(clock.now().getTime() + 29_000)
    expect(nextDueAt?.getTime()).toBeLessThanOrEqual(clock.now().getTime() + 60_000)
    clock.advance(60_000)
    await runtime.settle()
    expect(await host.services.noted('ordered')).toEqual(['free', 'second'])

    isBroken = false
    const [dead] = (await host.services.repos.jobs.listDead()).items
    await host.services.repos.jobs.retry(dead?.id ?? '')
    await runtime.settle()
    expect(await host.services.noted('ordered')).toEqual(['free', 'second', 'first'])
  })

  test('is dead at once after a failure that cannot pass', async () => {
    const refused = defineJob({
      name: 'probe.refused',
      schema: text,
      run: (_tx: Probe) => Promise.reject(new InvalidValue({ field: 'text', problem: 'is bad' })),
    })
    await enqueue((jobs) => jobs.enqueue(refused, { text: 'x' }))
    await (await start({ jobs: [refused] })).settle()
    const { items } = await host.services.repos.jobs.listDead()
    expect(items).toContainEqual(expect.objectContaining({ name: 'probe.refused', attempts: 1 }))
  })

  test('leaves no statement behind when its time is up', async () => {
    const late = defineJob({
      name: 'probe.late',
      schema: text,
      timeoutMs: 200,
      attemptsMax: 1,
      async run(tx: Probe, payload, { signal }) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        await tx.note('late', payload.text)
      },
    })
    await enqueue((jobs) => jobs.enqueue(late, { text: 'x' }))
    await (await start({ jobs: [late] })).settle()
    const { items } = await host.services.repos.jobs.listDead()
    expect(items.find(({ name }) => name === late.name)?.lastError).toContain('after 200 ms')
    expect(await host.services.noted('late')).toEqual([])
    expect(await host.services.noted('note')).toBeInstanceOf(Array)
  })

  test('that stops by itself when its time is up leaves its ended session to nobody', async () => {
    const sessions: number[] = []
    const heeding = defineJob({
      name: 'probe.heeding',
      schema: text,
      timeoutMs: 20,
      attemptsMax: 1,
      async run({ repos }: Probe, _payload, { jobId, signal }) {
        const timeUp = new Promise((resolve) => signal.addEventListener('abort', resolve))
        const open = await repos.jobs.lockRunnable(jobId, clock.now())
        sessions.push(open?.transaction.backendPid ?? 0)
        await timeUp
      },
    })
    const runtime = await start({ jobs: [heeding] })
    let tries = 0
    // On a slow machine the time of some is up before they know in which session they are.
    for (; sessions.length < 10; tries++) {
      await enqueue((jobs) => jobs.enqueue(heeding, { text: 'x' }))
      await runtime.settle()
    }
    expect(new Set(sessions)).toHaveLength(10)
    const { items } = await host.services.repos.jobs.listDead({ limit: 100 })
    expect(items.filter(({ name }) => name === heeding.name)).toHaveLength(tries)
  })

  test('that is over in time keeps its session, which works for somebody else by then', async () => {
    await using single = openNodePostgres({ url: target.appUrl, poolSize: 1 })
    const running = sql`select pg_backend_pid() as "backendPid",
                               extract(epoch from now())::text as "startedAt"`
    const shape = z.object({ backendPid: z.number(), startedAt: z.string() })
    const jobs = new JobsRepository(database.executor)
    const [over] = await single.transaction((tx) => rows(tx, running, shape))
    assert(over, 'A transaction tells where it runs')
    await jobs.endSession(over)
    const [next] = await rows(single.executor, running, shape)
    expect(next?.backendPid).toBe(over.backendPid)

    const late = single.transaction(async (tx) => {
      const [open] = await rows(tx, running, shape)
      assert(open, 'A transaction tells where it runs')
      await jobs.endSession(open)
      await rows(tx, running, shape)
    })
    await expect(late).rejects.toThrow()
  })

  test('outside a transaction runs in one process at a time and is marked done afterwards', async () => {
    let runs = 0
    const outside = defineJob({
      name: 'probe.outside',
      schema: text,
      async runOutside(services: Probe, payload) {
        runs += 1
        await services.sleep(200)
        await services.note('outside', payload.text)
      },
    })
    const runtimes = await Promise.all([1, 2, 3].map(() => start({ jobs: [outside] })))
    await enqueue((jobs) => jobs.enqueue(outside, { text: 'call' }))
    const settled = await Promise.all(runtimes.map((runtime) => runtime.settle()))
    expect(settled.map(({ worked }) => worked).sort()).toEqual([0, 0, 1])
    expect(runs).toBe(1)
    expect(await host.services.noted('outside')).toEqual(['call'])
  })

  test('outside a transaction is taken over when its process died', async () => {
    const orphan = defineJob({
      name: 'probe.orphan',
      schema: text,
      timeoutMs: 300,
      runOutside: (services: Probe, payload) => services.note('orphan', payload.text),
    })
    const id = newId()
    await enqueue((jobs) =>
      jobs
        .insert({
          id,
          name: orphan.name,
          payload: { text: id },
          attemptsMax: 3,
          runAt: clock.now(),
        })
        .then(() => {}),
    )
    await enqueue((jobs) => jobs.lease(id, 400))
    expect((await (await start({ jobs: [orphan] })).settle()).worked).toBe(1)
    expect(await host.services.noted('orphan')).toEqual([id])
  })
})

describe('the relay', () => {
  test('is woken by the commit of an event, and the user hears of it', async () => {
    const userId = newId()
    const heard: string[] = []
    const stops = await Promise.all([
      database.listen('gramkit_wake', () => heard.push('wake')),
      database.listen('gramkit_user', (payload) => heard.push(payload)),
    ])
    const add = (tx: { repos: { outbox: OutboxRepository } }, about: string) => {
      const facts = { occurredAt: clock.now(), subjectId: 'w', payload: { text: 'x' } }
      return tx.repos.outbox.add(happened.create({ ...facts, userId: about }))
    }
    const thrownAway = host.transaction(async (tx) => {
      await add(tx, newId())
      throw new Error('changed my mind')
    })
    await expect(thrownAway).rejects.toThrow('changed my mind')
    await host.transaction(async (tx) => {
      await add(tx, userId)
      await add(tx, userId)
    })
    await vi.waitFor(() => expect(heard.sort()).toEqual([userId, 'wake'].sort()), {
      timeout: 5_000,
    })
    for (const stop of stops) await stop()
  })
})
