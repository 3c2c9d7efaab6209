import { createServer, type Socket } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { postWebhook } from './standard-webhook.ts'

/** Somebody else's server that speaks just so much of HTTP. */
let says: (socket: Socket) => void = () => {}
const server = createServer((socket) => {
  socket.on('error', () => {})
  socket.once('data', () => says(socket))
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const address = server.address()
const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/hooks`
afterAll(() => void server.close())

const post = (timeoutMs = 10_000) =>
  postWebhook(
    { url, reach: 'anywhere', keys: [Buffer.alloc(24)], timeoutMs },
    { id: 'one', at: new Date(0), body: '{}' },
  )

test.each([
  ['HTTP/1.1 204 No Content\r\n\r\n', { status: 204 }],
  // Whoever waits for the receivers of all tenants must not wait for this one for ever.
  [
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
    { status: null, problem: 'no_answer' },
  ],
  ['SSH-2.0-OpenSSH_9.9\r\n', { status: null, problem: 'no_answer' }],
])('a receiver that says %j is an answer or none', async (words, answer) => {
  says = (socket) => socket.write(words)
  expect(await post()).toEqual(answer)
})

test('a receiver that says only that it will answer gives no answer in time', async () => {
  says = (socket) => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n')
  expect(await post(300)).toEqual({ status: null, problem: 'timeout' })
})

test('a receiver that hangs up gives no answer', async () => {
  says = (socket) => socket.end()
  expect(await post()).toEqual({ status: null, problem: 'no_answer' })
})
