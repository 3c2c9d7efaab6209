import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { coreHost } from '../../jobs.ts'
import { newId, systemClock, VirtualClock } from '../../kernel/index.ts'
import { testPlatform } from '../../testing/platform.ts'
import { startJobs } from '../jobs/index.ts'
import { defineEvent } from '../outbox/index.ts'
import { webhooksOut } from './webhooks-out.ts'

const SECRET = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`

/** Somebody else's server that remembers all it was told and answers as it is asked to. */
const told: { headers: Record<string, string>; body: string }[] = []
const statuses: number[] = []
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  )
  told.push({ headers, body: Buffer.concat(chunks).toString() })
  response.writeHead(statuses.shift() ?? 204).end()
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`

// The verifying library looks at the real time.
const clock = new VirtualClock(systemClock.now())
const { platform, services, close } = await testPlatform({ clock, poolSize: 12 })
const queued = defineEvent('test.queued', { version: 1, schema: z.object({ entryId: z.uuid() }) })
const kept = defineEvent('test.kept', { version: 1, schema: z.object({}) })
const jobs = await startJobs({
  ...{ database: platform.database, host: coreHost(platform), roles: [], dueWork: [] },
  ...webhooksOut({ url, secret: SECRET, events: [queued] }),
  logger: { info: () => {}, warn: () => {}, error: () => {} },
})

const bodySchema = z.object({ type: z.string(), sequence: z.int(), data: z.unknown() })
const bodies = () => told.map(({ body }) => bodySchema.parse(JSON.parse(body)))
const happens = async () => {
  const event = queued.create({
    occurredAt: clock.now(),
    subjectId: newId(),
    payload: { entryId: newId() },
  })
  await services.repos.outbox.add(event)
  return event
}

beforeEach(() => {
  told.length = 0
})

afterAll(async () => {
  await jobs.close()
  await close()
  server.close()
})

test('an event is posted, signed as another implementation of Standard Webhooks verifies', async () => {
  const event = await happens()
  await services.repos.outbox.add(
    kept.create({ occurredAt: clock.now(), subjectId: 'x', payload: {} }),
  )
  await jobs.settle()
  expect(told).toHaveLength(1)
  const [{ headers, body } = { headers: {}, body: '' }] = told
  expect(new Webhook(SECRET).verify(body, headers)).toEqual({
    type: 'test.queued',
    version: 1,
    sequence: 1,
    timestamp: event.occurredAt.toISOString(),
    subject: event.subjectId,
    data: event.payload,
  })
  expect(headers['webhook-id']).toBe(event.id)
  expect(() => new Webhook(SECRET).verify(body.replace('queued', 'kept'), headers)).toThrow()
})

test('what is not taken comes again with its id and number, and holds up no other', async () => {
  statuses.push(500, 204, 503)
  const [first] = [await happens(), await happens()]
  await jobs.settle()
  expect(bodies().map(({ sequence }) => sequence)).toEqual([2, 3])
  clock.advance(5_000)
  await jobs.settle()
  clock.advance(60_000)
  await jobs.settle()
  const mine = told.filter(({ headers }) => headers['webhook-id'] === first.id)
  expect(mine).toHaveLength(3)
  expect(new Set(mine.map(({ body }) => body)).size).toBe(1)
  // Each try is signed at its own time.
  expect(new Set(mine.map(({ headers }) => headers['webhook-signature'])).size).toBe(3)
  for (const { body, headers } of mine) new Webhook(SECRET).verify(body, headers)
  clock.advance(86_400_000)
  await jobs.settle()
  expect(told).toHaveLength(4)
})

test('who answers 410 is not asked again, and the job is put aside', async () => {
  statuses.push(410)
  const { id } = await happens()
  await jobs.settle()
  clock.advance(86_400_000)
  await jobs.settle()
  expect(told).toHaveLength(1)
  const { items } = await services.repos.jobs.listDead()
  expect(items).toMatchObject([{ name: 'webhooks.post', payload: { eventId: id }, attempts: 1 }])
})

test('numbers have no gaps and no doubles, also when they are taken at once and given back', async () => {
  const take = () => services.transaction((tx) => tx.repos.webhookSequence.takeNext())
  const before = await take()
  const refused = () =>
    services.transaction(async (tx) => {
      await tx.repos.webhookSequence.takeNext()
      return Promise.reject(new Error('rolled back'))
    })
  const numbers = await Promise.all(
    Array.from({ length: 10 }, async (_, index) => {
      if (index % 2 === 0) await refused().catch(() => {})
      return take()
    }),
  )
  expect(numbers.toSorted((a, b) => a - b)).toEqual(numbers.map((_, index) => before + 1 + index))
})

test.each(['', 'whsec_', 'whsec_c2hvcnQ='])('nothing is posted with the secret %j', (secret) => {
  expect(() => webhooksOut({ url, secret, events: [] })).toThrow('24 to 64 bytes')
})
