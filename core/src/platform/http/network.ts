import { isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { admit, type Rate } from '../limits/index.ts'

/**
 * Names the network that an address belongs to: the /24 of IPv4, the /48 of IPv6.
 *
 * A household has a /64 to choose addresses from, and whoever asks for it a /48 for nothing: a limit
 * for anything smaller would limit nobody there.
 */
export function networkOf(address: string): string {
  const [, v4] = /^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+$/i.exec(address) ?? []
  if (v4 !== undefined) return `${v4}.0/24`
  const [plain = ''] = address.split('%')
  if (!isIPv6(plain)) return address
  const [head = '', tail] = plain.split('::')
  const groups = head.split(':').filter(Boolean)
  const missing =
    tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length
  const all = [...groups, ...Array<string>(missing).fill('0'), ...(tail ?? '').split(':')]
  const network = all.slice(0, 3).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/48`
}

/**
 * Makes a hook that limits how often one network may use a route; put it first in `onRequest`. The
 * address is the connection's, or what a trusted proxy says.
 *
 * @throws {@link TooManyTries}
 * @throws {@link LimitsUnavailable}
 */
export function limitByNetwork(
  name: string,
  rate: Rate,
): (request: FastifyRequest) => Promise<void> {
  return (request) => admit(request.server.edge.limiter, name, networkOf(request.ip), rate)
}

/**
 * Makes a hook that limits how often one network may log in by one way; put it first in `onRequest`.
 * A way that asks several times for one login says how often.
 *
 * @throws {@link TooManyTries}
 * @throws {@link LimitsUnavailable}
 */
export function limitLogins(way: string, times = 1): (request: FastifyRequest) => Promise<void> {
  return (request) => {
    const rate = { limit: request.server.edge.loginsPerMinute * times, perMs: 60_000 }
    return limitByNetwork(`login.${way}`, rate)(request)
  }
}
