import { useSyncExternalStore } from 'react'

/** The pages; each is one name below the launchpad's address, so that relative addresses hold. */
export const pageNames = ['join', 'redeem', 'me', 'admin'] as const

/** One of {@link pageNames}. */
export type PageName = (typeof pageNames)[number]

const changed = new EventTarget()

/** Where somebody is. */
export interface Place {
  readonly page: PageName
  /** The part of the page, after `#`. */
  readonly part: string
}

/** The page that the address names; the first one where it names none. */
export function placeOf(address: { readonly pathname: string; readonly hash: string }): Place {
  const last = address.pathname.split('/').at(-1) ?? ''
  return { page: pageNames.find((name) => name === last) ?? 'join', part: address.hash.slice(1) }
}

/** Where somebody is; follows them. */
export function usePlace(): Place {
  const address = useSyncExternalStore(subscribe, () => window.location.href)
  return placeOf(new URL(address))
}

/** The address of a page, relative to any other. */
export function addressOf(page: PageName, part = ''): string {
  const url = new URL(page === 'join' ? './' : `./${page}`, window.location.href)
  url.hash = part
  return url.href
}

/** Goes to a page without loading it anew. */
export function go(page: PageName, part = ''): void {
  window.history.pushState(null, '', addressOf(page, part))
  changed.dispatchEvent(new Event('change'))
  window.scrollTo(0, 0)
}

/** What a link carries for this visit, in its query or after `#`. */
export function carriedBy(address: URL): URLSearchParams {
  const carried = new URLSearchParams(address.search)
  for (const [name, value] of new URLSearchParams(address.hash.slice(1))) {
    if (value !== '') carried.set(name, value)
  }
  return carried
}

/** Takes what a link carried out of the address: tokens belong into nobody's history. */
export function cleanAddress(): void {
  const { pathname, hash } = window.location
  const part = hash.includes('=') ? '' : hash
  window.history.replaceState(null, '', pathname + part)
}

/** Opens a link of a mail that was pasted over the page: of its address only the hash changes. */
export function reloadForLinks(): void {
  window.addEventListener('hashchange', () => {
    if (window.location.hash.includes('=')) window.location.reload()
  })
}

function subscribe(listener: () => void): () => void {
  const listened = [
    [window, 'popstate'],
    [window, 'hashchange'],
    [changed, 'change'],
  ] as const
  for (const [target, name] of listened) target.addEventListener(name, listener)
  return () => {
    for (const [target, name] of listened) target.removeEventListener(name, listener)
  }
}
