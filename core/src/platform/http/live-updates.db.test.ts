import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { newId } from '../../kernel/index.ts'
import { bearer, usersApi } from '../../testing/users-api.ts'
import { OutboxRepository } from '../outbox/index.ts'

const { app, server, database, guest, close } = await usersApi()
let address = ''

beforeAll(async () => {
  address = await server.listen({ port: 0, host: '127.0.0.1' })
})

afterAll(close)

describe('GET /me/stream', () => {
  const open = async (token: string) => {
    const ending = new AbortController()
    const answer = await fetch(`${address}/api/v1/me/stream`, {
      headers: bearer(token),
      signal: ending.signal,
    })
    let text = ''
    const reading = (async () => {
      const decoder = new TextDecoder()
      for await (const chunk of answer.body ?? []) text += decoder.decode(chunk)
    })().catch(() => {})
    return {
      answer,
      text: () => text,
      changes: () => text.split('event: changed\n').length - 1,
      end: () => {
        ending.abort()
        return reading
      },
    }
  }
  const notify = (userId: string) =>
    database.executor.execute(sql`select pg_notify('gramkit_user', ${userId})`)

  /** A guest of whom it was told already that they came: no stream hears of it later. */
  const newcomer = async () => {
    const told = new Set<string>()
    const stop = await database.listen('gramkit_user', (userId) => told.add(userId))
    const one = await guest()
    await vi.waitUntil(() => told.has(one.id), 10_000)
    await stop()
    return one
  }

  test('tells the person whose things changed, and nobody else', async () => {
    const [one, other] = [await newcomer(), await newcomer()]
    const mine = await open(one.token)
    const theirs = await open(other.token)
    expect(mine.answer.headers.get('content-type')).toBe('text/event-stream')
    expect(mine.answer.headers.get('content-security-policy')).toContain('frame-ancestors')
    await notify(one.id)
    await vi.waitUntil(() => mine.changes() === 1, 10_000)
    await notify(other.id)
    await vi.waitUntil(() => theirs.changes() === 1, 10_000)
    expect(mine.changes()).toBe(1)
    await vi.waitUntil(() => mine.text().includes(': still here'), 10_000)
    await mine.end()
    await theirs.end()
  })

  test('tells of an event that is committed, once it is', async () => {
    const { token, id } = await newcomer()
    const stream = await open(token)
    const event = {
      id: newId(),
      name: 'test.done',
      version: 1,
      occurredAt: new Date(),
      payload: {},
    }
    await database.transaction((tx) =>
      new OutboxRepository(tx).add({ ...event, subjectId: id, userId: id }),
    )
    await vi.waitUntil(() => stream.changes() === 1, 10_000)
    await stream.end()
  })

  test('lets one person have only so many, and counts those that ended no more', async () => {
    const { token } = await guest()
    const streams = [await open(token), await open(token)]
    const refused = await app.inject({ url: '/api/v1/me/stream', headers: bearer(token) })
    expect(refused.json()).toMatchObject({ status: 429, code: 'http.too_many_streams' })
    await Promise.all(streams.map((stream) => stream.end()))
    const next = await vi.waitUntil(async () => {
      const stream = await open(token)
      return stream.answer.status === 200 ? stream : stream.end()
    }, 10_000)
    await next?.end()
  })

  test('refuses strangers', async () => {
    expect((await app.inject('/api/v1/me/stream')).statusCode).toBe(401)
  })

  test('ends when the server closes', async () => {
    const { token } = await guest()
    const stream = await open(token)
    const startedAt = performance.now()
    await server.close()
    await stream.end()
    expect(performance.now() - startedAt).toBeLessThan(3_000)
  })
})
