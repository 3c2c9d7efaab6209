import { isIP } from 'node:net'
import { isPublicAddress } from './public-address.ts'
import type { WebhookReach } from './standard-webhook.ts'

/**
 * Says what is wrong with an address that somebody chose, as far as it can be told without looking its
 * name up; that is done for each connection.
 */
export function webhookAddressProblem(text: string, reach: WebhookReach): string | undefined {
  if (!URL.canParse(text)) return 'is no address'
  const { protocol, hostname, username, password } = new URL(text)
  const isOpen = reach === 'anywhere'
  if (protocol !== 'https:' && !(isOpen && protocol === 'http:'))
    return 'does not begin with https:'
  if (username || password) return 'has a name or a password in it'
  const address = hostname.replace(/^\[|\]$/g, '')
  const isLocal = isIP(address) ? !isPublicAddress(address) : /(^|\.)localhost$/.test(hostname)
  return isLocal && !isOpen ? 'is no host of the public internet' : undefined
}
