import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { ServiceError } from './errors.ts'

/**
 * Below the ports that Linux, macOS and Windows give to outgoing connections and to whoever listens on
 * port 0, as one of those may be somebody else's before the caller listens; and above 10080, the last
 * that fetch refuses.
 */
const [LOWEST, HIGHEST] = [11_000, 32_767]
const TRIES_MAX = 100

let next = randomInt(LOWEST, HIGHEST + 1)

/**
 * Finds a TCP port of 127.0.0.1 that nothing listens on at this moment, and that the system gives to
 * nobody by itself. One after the other from somewhere: who is given one and does not listen yet is
 * not given it twice in a process, and seldom in two.
 *
 * @throws {@link ServiceError} when a hundred ports in a row are taken
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = next
    next = port === HIGHEST ? LOWEST : port + 1
    if (await isFree(port)) return port
  }
  throw new ServiceError(
    'services.no_free_port',
    `None of ${TRIES_MAX} ports from ${LOWEST} to ${HIGHEST} is free on 127.0.0.1. End programs that ` +
      'listen there.',
  )
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
