import { connect, createServer, type Socket } from 'node:net'
import { freePort } from '@gramkit/services'
import { Redis } from 'ioredis'
import { afterAll, expect, inject, test, vi } from 'vitest'
import { z } from 'zod'
import { newId } from '../../kernel/index.ts'
import { eventBusContract } from '../../testing/contracts/event-bus.contract.ts'
import { defineEvent } from '../outbox/index.ts'
import { openRedisBus } from './redis-bus.ts'

const url = inject('gramkitRedisUrl')
const redis = new Redis(url)
const WAIT = { timeout: 20_000, interval: 50 }

afterAll(() => redis.disconnect())

eventBusContract({
  name: 'over Redis',
  open: async (onError) => openRedisBus({ url, onError }),
  openAgain: async (onError) => openRedisBus({ url, onError }),
})

const happened = () =>
  defineEvent(`test.happened_${newId().replaceAll('-', '')}`, {
    version: 1,
    schema: z.object({ text: z.string() }),
  })
const facts = (text: string) => ({
  occurredAt: new Date(1_900_000_000_000),
  subjectId: text,
  payload: { text },
})

test('an event that a killed process had taken goes to another', async () => {
  const definition = happened()
  const stream = `gramkit:event:${definition.name}:1`
  await using bus = openRedisBus({ url, onError() {}, staleMs: 200 })
  const end = await bus.subscribe(definition, () => {}, { name: 'mail' })
  await end()
  await bus.publish(definition.create(facts('taken')))
  // What a process that is killed leaves behind: taken and never finished.
  await redis.xreadgroup('GROUP', 'mail', 'killed', 'STREAMS', stream, '>')
  const heard: string[] = []
  await bus.subscribe(definition, ({ payload }) => heard.push(payload.text), { name: 'mail' })
  await vi.waitFor(() => expect(heard).toEqual(['taken']), WAIT)
  await vi.waitFor(async () => {
    const [pending] = await redis.xpending(stream, 'mail')
    expect(pending).toBe(0)
  }, WAIT)
})

test('who comes back hears what was published meanwhile', async () => {
  const definition = happened()
  const heard: string[] = []
  await using bus = openRedisBus({ url, onError() {} })
  const hear = () =>
    bus.subscribe(definition, ({ payload }) => heard.push(payload.text), { name: 'mail' })
  await bus.publish(definition.create(facts('before anybody asked')))
  const end = await hear()
  await end()
  await bus.publish(definition.create(facts('meanwhile')))
  await hear()
  await vi.waitFor(() => expect(heard).toEqual(['meanwhile']), WAIT)
})

test('a Redis that lost everything is heard again', async () => {
  const definition = happened()
  const heard: string[] = []
  await using bus = openRedisBus({ url, onError() {} })
  await bus.subscribe(definition, ({ payload }) => heard.push(payload.text), { name: 'mail' })
  await redis.del(`gramkit:event:${definition.name}:1`)
  await bus.publish(definition.create(facts('after')))
  await vi.waitFor(() => expect(heard).toEqual(['after']), WAIT)
})

test('an event that was handled while its subscription ended is not given to another', async () => {
  const definition = happened()
  const stream = `gramkit:event:${definition.name}:1`
  await using bus = openRedisBus({ url, onError() {} })
  const begun = Promise.withResolvers<void>()
  const working = Promise.withResolvers<void>()
  const work = async () => {
    begun.resolve()
    await working.promise
  }
  const end = await bus.subscribe(definition, work, { name: 'mail' })
  await bus.publish(definition.create(facts('handled')))
  await begun.promise
  const ending = end()
  working.resolve()
  await ending
  expect(await redis.xpending(stream, 'mail')).toMatchObject([0, null, null, null])
  expect(await redis.xinfo('CONSUMERS', stream, 'mail')).toEqual([])
})

test('a bus whose Redis is away refuses at once, and brings each event once when it is back', async () => {
  const definition = happened()
  await using way = await openWay()
  await using bus = openRedisBus({ url: way.url, onError() {} })
  const heard: string[] = []
  await bus.subscribe(definition, ({ payload }) => heard.push(payload.text), { name: 'mail' })
  await way.close()
  for (let tries = 0; tries < 5; tries++) {
    const refused = bus.publish(definition.create(facts('while away')))
    await expect(refused).rejects.toMatchObject({ code: 'bus.unavailable' })
  }
  const late = bus.subscribe(definition, () => {}, { name: 'late' })
  await expect(late).rejects.toMatchObject({ code: 'bus.unavailable' })
  await way.open()
  await vi.waitFor(() => bus.publish(definition.create(facts('back'))), WAIT)
  await vi.waitFor(() => expect(heard).toEqual(['back']), WAIT)
})

/** A way to Redis that can be closed and opened again. */
async function openWay() {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => to.destroy())
    }
  })
  // One that the system gives to nobody else while it is closed.
  const own = await freePort()
  const open = () => new Promise<void>((resolve) => server.listen(own, '127.0.0.1', resolve))
  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of sockets) socket.destroy()
    sockets.clear()
    await closed
  }
  await open()
  return {
    url: `redis://127.0.0.1:${own}`,
    close,
    open,
    [Symbol.asyncDispose]: close,
  }
}
