import { testDatabase } from '@gramkit/services/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AppError, newId, VirtualClock } from '../../kernel/index.ts'
import { createProbe, type Probe, probeHost } from '../../testing/contracts/jobs-probe.ts'
import { assertNoTransaction, openNodePostgres } from '../database/index.ts'
import { startJobs } from '../jobs/index.ts'
import { DeliveryNotParked } from './inbox.errors.ts'
import { Inbox, type InboxHandler } from './inbox.ts'

const target = await testDatabase()
const database = openNodePostgres({ url: target.appUrl })
const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'))
const host = probeHost(database, clock)
const quiet = { info() {}, warn() {}, error() {} }

beforeAll(() => createProbe(target.ownerUrl))
afterAll(async () => {
  await database.close()
  await target.drop()
})

class Away extends AppError {
  readonly code = 'probe.away'
  readonly kind = 'unavailable'
}

const inboxOf = (handler: Partial<InboxHandler<Probe>> = {}) =>
  new Inbox<Probe>({
    host,
    logger: quiet,
    attemptsMax: 3,
    handlers: [{ provider: 'probe', apply: (tx, { key }) => tx.note('applied', key), ...handler }],
  })
const appliedTimes = async (key: string): Promise<number> =>
  (await host.services.noted('applied')).filter((line) => line === key).length
const rowOf = async (key: string) => {
  const { items } = await host.services.repos.inbox.list({ limit: 100 })
  return items.find((row) => row.key === key)
}

/** Holds so many copies of a delivery until all of them are about to be applied. */
function meeting(copies: number): () => Promise<void> {
  const all = Promise.withResolvers<void>()
  let arrived = 0
  return () => {
    arrived += 1
    if (arrived === copies) all.resolve()
    return all.promise
  }
}

describe('receive', () => {
  test.each(['applied', 'done'] as const)(
    'has one outcome that counts for five copies that are %s at once',
    async (by) => {
      const meet = meeting(5)
      const inbox = inboxOf({
        async prepare() {
          await meet()
          return by === 'done' ? by : undefined
        },
      })
      const key = newId()
      const outcomes = await Promise.all(
        Array.from({ length: 5 }, () => inbox.receive({ provider: 'probe', key, body: {} })),
      )
      expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1)
      expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(4)
      expect(await appliedTimes(key)).toBe(by === 'done' ? 0 : 1)
    },
  )

  test('has one effect for five deliveries, one after the other or at once', async () => {
    const inbox = inboxOf({
      async apply(tx, delivery) {
        await tx.sleep(50)
        await tx.note('applied', delivery.key)
      },
    })
    const [key, other] = [newId(), newId()]
    const outcomes: string[] = []
    for (let time = 0; time < 5; time++) {
      outcomes.push(await inbox.receive({ provider: 'probe', key, body: { a: 1 } }))
    }
    expect(outcomes).toEqual(['done', 'duplicate', 'duplicate', 'duplicate', 'duplicate'])
    await Promise.all(
      outcomes.map(() => inbox.receive({ provider: 'probe', key: other, body: {} })),
    )
    expect([await appliedTimes(key), await appliedTimes(other)]).toEqual([1, 1])
  })

  test('takes another delivery under a used key for what it is', async () => {
    const inbox = inboxOf({ apply: (tx, { body }) => tx.note('applied', JSON.stringify(body)) })
    const [key, what] = [newId(), newId()]
    for (const part of [1, 2, 1, 2]) {
      await inbox.receive({ provider: 'probe', key, body: { what, part } })
    }
    const applied = await host.services.noted('applied')
    expect(applied.filter((line) => line.includes(what))).toHaveLength(2)
  })

  test('parks nothing because somebody else cannot be reached', async () => {
    let isAway = true
    const inbox = inboxOf({
      apply: async () => {
        if (isAway) throw new Away('no answer')
      },
    })
    const delivery = { provider: 'probe', key: newId(), body: {} }
    for (let time = 0; time < 5; time++) expect(await inbox.receive(delivery)).toBe('retrying')
    isAway = false
    expect(await inbox.receive(delivery)).toBe('done')
  })

  test('hands on exactly what came, prepared outside any transaction', async () => {
    const seen: unknown[] = []
    const inbox = inboxOf({
      async prepare(_services, { body }) {
        assertNoTransaction('prepare')
        return JSON.stringify(body)
      },
      async apply(_tx, { body }, prepared) {
        seen.push(body, prepared)
      },
    })
    const body = { text: 'a\u0000b \ud800', big: 4503599627370495 }
    await inbox.receive({ provider: 'probe', key: newId(), body })
    expect(seen).toEqual([body, JSON.stringify(body)])
  })

  test('rejects only when the delivery could not be stored', async () => {
    const away = openNodePostgres({ url: 'postgres://nobody@127.0.0.1:1/nothing' })
    const inbox = new Inbox<Probe>({
      host: probeHost(away, clock),
      logger: quiet,
      handlers: [{ provider: 'probe', apply: async () => {} }],
    })
    await expect(inbox.receive({ provider: 'probe', key: 'k', body: {} })).rejects.toThrow()
    await away.close()
  })

  test('tries again what failed when the provider repeats it', async () => {
    let isBroken = true
    const inbox = inboxOf({
      async apply(tx, { key }) {
        await tx.note('applied', key)
        if (isBroken) throw new Error('broken')
      },
    })
    const delivery = { provider: 'probe', key: newId(), body: {} }
    expect(await inbox.receive(delivery)).toBe('retrying')
    expect(await appliedTimes(delivery.key)).toBe(0)
    isBroken = false
    expect(await inbox.receive(delivery)).toBe('done')
    expect(await appliedTimes(delivery.key)).toBe(1)
  })
})

describe('retries', () => {
  test('repair a delivery whose process died between storing and applying it', async () => {
    const inbox = inboxOf()
    const key = newId()
    await host.transaction((tx) =>
      tx.repos.inbox.insertOnce({
        provider: 'probe',
        key,
        body: '{}',
        sender: null,
        receivedAt: clock.now(),
        nextAttemptAt: new Date(clock.now().getTime() + 30_000),
      }),
    )
    const jobs = await startJobs({ database, host, logger: quiet, dueWork: [inbox.retries()] })
    const { nextDueAt } = await jobs.settle()
    expect([await appliedTimes(key), nextDueAt]).toEqual([
      0,
      new Date(clock.now().getTime() + 30_000),
    ])
    clock.advance(30_000)
    await jobs.settle()
    expect(await appliedTimes(key)).toBe(1)
  })

  test('park a poison delivery after its last try, hold up nobody, and replay it on demand', async () => {
    let isBroken = true
    const poison = newId()
    const inbox = inboxOf({
      async prepare(_services, { key }) {
        if (key === poison && isBroken) throw new Error('poison')
        return undefined
      },
    })
    const jobs = await startJobs({ database, host, logger: quiet, dueWork: [inbox.retries()] })
    await inbox.receive({ provider: 'probe', key: poison, body: {} })
    for (let step = 0; step < 2; step++) {
      const { nextDueAt } = await jobs.settle()
      expect(nextDueAt).not.toBeNull()
      clock.set(nextDueAt ?? clock.now())
    }
    expect((await jobs.settle()).nextDueAt).toBeNull()
    const parked = await rowOf(poison)
    expect(parked).toMatchObject({ status: 'parked', attempts: 3, lastError: 'Error: poison' })
    const fine = newId()
    expect(await inbox.receive({ provider: 'probe', key: fine, body: {} })).toBe('done')

    isBroken = false
    expect(await inbox.replay(parked?.id ?? '')).toBe('done')
    expect(await appliedTimes(poison)).toBe(1)
    await expect(inbox.replay(parked?.id ?? '')).rejects.toThrow(DeliveryNotParked)
  })

  test('leave out what another process has tried since they were listed', async () => {
    const [one, two] = [newId(), newId()]
    const tries: string[] = []
    const away = async (_services: Probe, { key }: { readonly key: string }): Promise<never> => {
      tries.push(key)
      throw new Away('no answer')
    }
    const bring = (key: string) => ({ provider: 'probe', key, body: {} })
    const elsewhere = inboxOf({ prepare: away })
    const inbox = inboxOf({
      async prepare(services, delivery) {
        const isFirstRetry = tries.length === 2
        if (isFirstRetry) await elsewhere.receive(bring(delivery.key === one ? two : one))
        return away(services, delivery)
      },
    })
    await inbox.receive(bring(one))
    await inbox.receive(bring(two))
    clock.advance(60_000)
    await inbox.retries().runDue(host.services)
    expect(tries.slice(2).sort()).toEqual([one, two].sort())
  })
})
