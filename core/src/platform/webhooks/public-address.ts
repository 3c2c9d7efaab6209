import { lookup as lookUp } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Blocks of IPv4 that lead to no host of the public internet (IANA's special-purpose registry). */
const NOT_PUBLIC_V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
]
/** Blocks of IPv6 within 2000::/3 that lead to none, or into a tunnel to IPv4. */
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

const notPublic = new BlockList()
for (const block of NOT_PUBLIC_V4) notPublic.addSubnet(...subnet(block), 'ipv4')
for (const block of NOT_PUBLIC_V6) notPublic.addSubnet(...subnet(block), 'ipv6')
const globalV6 = new BlockList()
globalV6.addSubnet('2000::', 3, 'ipv6')

function subnet(block: string): [string, number] {
  const [address = '', length] = block.split('/')
  return [address, Number(length)]
}

/** Tells whether an IP address leads to a host of the public internet. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !notPublic.check(address, 'ipv4')
    case 6:
      return globalV6.check(address, 'ipv6') && !notPublic.check(address, 'ipv6')
    default:
      return false
  }
}

/** Why a connection was not made. */
export const NOT_PUBLIC = 'ADDRESS_NOT_PUBLIC'

/**
 * Looks a name up and refuses it when any of its addresses is not public. It is asked for each
 * connection, so that a name cannot lead elsewhere between a check and the connection.
 */
export const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  lookUp(hostname, { ...options, all: true }, (error, found) => {
    const [first] = found ?? []
    if (error || !first) return callback(error ?? new Error('no address'), [])
    if (!found.every(({ address }) => isPublicAddress(address))) {
      return callback(Object.assign(new Error('is not public'), { code: NOT_PUBLIC }), [])
    }
    if (options.all) callback(null, found)
    else callback(null, first.address, first.family)
  })
}
