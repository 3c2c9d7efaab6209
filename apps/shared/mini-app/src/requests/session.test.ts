import { expect, test } from 'vitest'
import { memoryStore } from '../store.ts'
import { fetchAs } from './send.ts'
import { Session } from './session.ts'

function setUp(identity = 'anna', store = memoryStore()) {
  const made: string[] = []
  const logIn = async () => {
    made.push(`${identity}-${made.length + 1}`)
    return made.at(-1) ?? ''
  }
  return { session: new Session({ identity, store, logIn }), made, store }
}

/** A server that knows some tokens and notes what it is sent. */
function server(
  accepts: (token: string) => boolean,
  refuse: () => Response = () => new Response(null, { status: 401 }),
) {
  const seen: string[] = []
  const send = async (request: Request) => {
    const token = request.headers.get('authorization')?.replace('Bearer ', '') ?? ''
    seen.push(`${token} ${await request.text()}`)
    return accepts(token) ? new Response(null, { status: 200 }) : refuse()
  }
  return { seen, send }
}

const TOO_OLD = () => Response.json({ code: 'http.login_too_old' }, { status: 403 })
const post = () => new Request('http://shop/x', { method: 'POST', body: 'body' })

test('Requests at the same time log in once', async () => {
  const { session, made } = setUp()
  await Promise.all([session.token(), session.token(), session.token()])
  expect(made).toEqual(['anna-1'])
})

test('A refused token is replaced once and the request goes out again with its body', async () => {
  const { session } = setUp()
  const { seen, send } = server((token) => token === 'anna-2')
  const response = await fetchAs(session, send)(post())
  expect(response.status).toBe(200)
  expect(seen).toEqual(['anna-1 body', 'anna-2 body'])
})

test('A server that refuses every token is not asked for ever', async () => {
  const { session } = setUp()
  const { seen, send } = server(() => false)
  const response = await fetchAs(session, send)(post())
  expect(response.status).toBe(401)
  expect(seen).toHaveLength(2)
})

test('A login that is too old for something is renewed, and the request goes out again', async () => {
  const { session, store } = setUp()
  const { seen, send } = server((token) => token === 'anna-2', TOO_OLD)
  const response = await fetchAs(session, send)(post())
  expect(response.status).toBe(200)
  expect(seen).toEqual(['anna-1 body', 'anna-2 body'])
  expect(await session.token()).toBe('anna-2')
  expect(store.get('session.anna')).toBe('anna-2')
})

test('A login that cannot be renewed stays', async () => {
  const store = memoryStore()
  store.set('session.anna', 'old')
  const logIn = () => Promise.reject(new Error('The init data was used'))
  const session = new Session({ identity: 'anna', store, logIn })
  const { seen, send } = server(() => false, TOO_OLD)
  const response = await fetchAs(session, send)(post())
  expect(await response.json()).toMatchObject({ code: 'http.login_too_old' })
  expect(seen).toEqual(['old body', 'old body'])
  expect(await session.token()).toBe('old')
})

test('A kept token counts for the person it was given to, and for nobody else', async () => {
  const { session, store } = setUp('anna')
  await session.token()
  const again = setUp('anna', store)
  expect(await again.session.token()).toBe('anna-1')
  expect(again.made).toEqual([])
  const other = setUp('olga', store)
  expect(await other.session.token()).toBe('olga-1')
  expect(await setUp('anna', store).session.token()).toBe('anna-1')
})

test('A token that another tab has got meanwhile is taken before logging in again', async () => {
  const { session, made, store } = setUp('anna')
  const refused = await session.token()
  store.set('session.anna', 'of-the-other-tab')
  await session.refuse(refused)
  expect(await session.token()).toBe('of-the-other-tab')
  expect(made).toEqual([refused])
})

test('A token that was refused is not taken from the device again', async () => {
  const { session, made } = setUp('anna')
  await session.refuse(await session.token())
  expect(await session.token()).toBe('anna-2')
  expect(made).toHaveLength(2)
})

test('A failed login is tried again by the next request', async () => {
  let isDown = true
  const logIn = async () => {
    if (isDown) throw new Error('down')
    return 'token'
  }
  const session = new Session({ identity: 'anna', store: memoryStore(), logIn })
  await expect(session.token()).rejects.toThrow('down')
  isDown = false
  expect(await session.token()).toBe('token')
})
