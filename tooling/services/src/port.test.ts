import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { freePort } from './port.ts'

test('a free port can be listened on, and is none that the system gives away', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()))
  expect(new Set(ports).size).toBe(ports.length)
  for (const port of ports) {
    expect(port).toBeGreaterThanOrEqual(11_000)
    expect(port).toBeLessThan(32_768)
  }
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(ports[0], '127.0.0.1', resolve)
  })
  await new Promise((resolve) => server.close(resolve))
})
