import { createConnection } from 'node:net'
import { expect, test } from 'vitest'
import { startRedis } from './redis.ts'

/** Sends one inline command and returns the first line of the answer. */
function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    socket.once('error', reject)
    socket.once('connect', () => socket.write(`${command}\r\n`))
    socket.once('data', (data) => {
      resolve(data.toString().split('\r\n')[0] ?? '')
      socket.destroy()
    })
  })
}

test('comes back empty on the same port after it was killed', async () => {
  await using redis = await startRedis()
  expect(await ask(redis.port, 'SET word kept')).toBe('+OK')
  const first = redis.pid
  await redis.kill('SIGKILL')
  await expect(ask(redis.port, 'PING')).rejects.toThrow('ECONNREFUSED')
  await redis.restart()
  expect(redis.pid).not.toBe(first)
  expect(await ask(redis.port, 'EXISTS word')).toBe(':0')
})

test('keeps what it knows over a restart when it writes an append-only file', async () => {
  await using redis = await startRedis({ appendonly: true })
  await ask(redis.port, 'SET word kept')
  await redis.restart()
  expect(await ask(redis.port, 'EXISTS word')).toBe(':1')
})
