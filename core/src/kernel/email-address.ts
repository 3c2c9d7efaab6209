import { domainToASCII } from 'node:url'

const EMAIL_LENGTH_MAX = 254
const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/

/**
 * Reads an e-mail address: small letters, the domain as the network knows it; undefined when the text
 * is none. Two texts that reach one mailbox by a provider's own rules (`a.b`, `a+b`) stay two addresses.
 */
export function readEmail(text: string): string | undefined {
  const trimmed = text.trim()
  const at = trimmed.lastIndexOf('@')
  const local = trimmed.slice(0, at).toLowerCase()
  const domain = domainToASCII(trimmed.slice(at + 1))
  const email = `${local}@${domain}`
  const isRead =
    at > 0 &&
    // What reads domains drops line breaks instead of refusing them.
    !/[\s\p{C}]/u.test(trimmed) &&
    local.length <= 64 &&
    email.length <= EMAIL_LENGTH_MAX &&
    LOCAL_PART.test(local) &&
    DOMAIN.test(domain)
  return isRead ? email : undefined
}
