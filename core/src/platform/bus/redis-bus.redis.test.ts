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
