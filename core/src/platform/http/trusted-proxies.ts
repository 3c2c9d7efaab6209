import { InvalidValue } from '../../kernel/index.ts'
import { isProxyBlock } from '../config/index.ts'

/**
 * Proves that each entry is an address or a CIDR block of a proxy of ours.
 *
 * Fastify's `trustProxy: true` lets a forged X-Forwarded-For through and a number is ignored, so
 * only a list is accepted, and no block that holds every address.
 *
 * @throws {@link InvalidValue}
 */
export function checkTrustedProxies(proxies: readonly string[]): string[] {
  if (!Array.isArray(proxies)) return refuse(String(proxies))
  return proxies.map((entry) => (isProxyBlock(entry) ? entry : refuse(entry)))
}

function refuse(entry: string): never {
  throw new InvalidValue({
    field: 'trustedProxies',
    problem: `holds ${JSON.stringify(entry)}, which is no address or CIDR block of a proxy`,
    remedy: 'list blocks such as 10.0.0.0/8',
  })
}
