import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NotFound, newId } from '../../kernel/index.ts'
import { bearer, usersApi } from '../../testing/users-api.ts'
import { idempotently, principalOf, requireUser } from './index.ts'

const { app, guest, close } = await usersApi()
let runs = 0

beforeAll(() => {
  app.post('/order', { onRequest: requireUser }, (request, reply) =>
    idempotently(request, reply, async (operationId) => {
      runs += 1
      if (JSON.stringify(request.body).includes('declined')) {
        throw new NotFound({ what: 'mug', id: 'declined' })
      }
      if (JSON.stringify(request.body).includes('broken')) throw new Error('broken')
      return { status: 201, body: { operationId, by: principalOf(request).user.id } }
    }),
  )
})

afterAll(close)

const order = (token: string, key: string | undefined, payload: object) =>
  app.inject({
    method: 'POST',
    url: '/order',
    payload,
    headers: { ...bearer(token), ...(key === undefined ? {} : { 'idempotency-key': key }) },
  })

describe('idempotently', () => {
  test('has one effect for 200 parallel requests, and the same answer for all', async () => {
    const { token, id } = await guest()
    const key = newId()
    runs = 0
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => order(token, key, { mug: 1, colour: 'red' })),
    )
    expect(runs).toBe(1)
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([201]))
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
    expect(answers[0]?.json()).toMatchObject({ by: id })
    const sorted = await order(token, key, { colour: 'red', mug: 1 })
    expect(sorted.headers['idempotency-replayed']).toBe('true')
    expect(sorted.headers['content-type']).toContain('application/json')
  })

  test('answers 409 to another body and lets another user use the same key', async () => {
    const [one, other] = [await guest(), await guest()]
    const key = newId()
    await order(one.token, key, { mug: 1 })
    expect((await order(one.token, key, { mug: 2 })).json()).toMatchObject({
      status: 409,
      code: 'http.idempotency_conflict',
    })
    expect((await order(other.token, key, { mug: 2 })).json()).toMatchObject({ by: other.id })
  })

  test('gives a refusal again, to the letter, and runs a failure again', async () => {
    const { token } = await guest()
    runs = 0
    const declined = [newId(), newId()]
    const first = await order(token, declined[0], { declined: true })
    const again = await order(token, declined[0], { declined: true })
    expect(first.json()).toMatchObject({ status: 404, code: 'kernel.not_found' })
    expect(again.body).toBe(first.body)
    expect(again.headers['content-type']).toContain('application/problem+json')
    expect(runs).toBe(1)
    await order(token, declined[1], { broken: true })
    const failed = await order(token, declined[1], { broken: true })
    expect(failed.json()).toMatchObject({ status: 500, code: 'http.internal' })
    expect(runs).toBe(3)
  })

  test.each([
    [undefined, 'http.idempotency_key_required'],
    ['', 'http.idempotency_key_required'],
    ['with space', 'http.idempotency_key_invalid'],
    ['k'.repeat(256), 'http.idempotency_key_invalid'],
  ])('refuses the key %j', async (key, code) => {
    const { token } = await guest()
    expect((await order(token, key, {})).json()).toMatchObject({ status: 400, code })
  })
})
