import { isDisposableEmailDomain } from 'disposable-email-domains-js'

/** Providers that read an address with and without dots as one. */
const WITHOUT_DOTS = ['gmail.com', 'googlemail.com']

interface Address {
  readonly local: string
  readonly tag: string | undefined
  readonly domain: string
}

/**
 * The mailbox that an address most likely reaches, to compare addresses by: what follows a plus is
 * left out, and so are Gmail's dots. Logins never read an address like this.
 */
export function mailboxOf(email: string): string {
  const { local, domain } = partsOf(email)
  const isGmail = WITHOUT_DOTS.includes(domain)
  return isGmail ? `${local.replaceAll('.', '')}@gmail.com` : `${local}@${domain}`
}

/** Whether an address carries a tag after a plus, so that one mailbox may be many people. */
export function hasPlusTag(email: string): boolean {
  return partsOf(email).tag !== undefined
}

/** Whether an address is of a provider of throw-away mail, by a list that others keep. */
export function isDisposable(email: string): boolean {
  return isDisposableEmailDomain(partsOf(email).domain)
}

/** An address of which hardly more than the first letter can be read. */
export function maskEmail(email: string): string {
  const { local, domain } = partsOf(email)
  return `${mask(local)}@${mask(domain)}`
}

/** A name or a part of an address of which the first letter can be read. */
export function mask(text: string): string {
  const [first = ''] = text
  return `${first}•••`
}

function partsOf(email: string): Address {
  const at = email.lastIndexOf('@')
  const [local = '', tag] = email
    .slice(0, at)
    .toLowerCase()
    .split(/\+(.*)/s)
  return { local, tag, domain: email.slice(at + 1).toLowerCase() }
}
