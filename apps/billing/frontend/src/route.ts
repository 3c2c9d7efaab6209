import { useSyncExternalStore } from 'react'

/** The views of the dashboard, each with its list behind `#`. */
export const viewNames = [
  'overview',
  'invoices',
  'customers',
  'subscriptions',
  'plans',
  'runs',
  'usage',
  'audit',
] as const

/** One of {@link viewNames}. */
export type ViewName = (typeof viewNames)[number]

/** Where somebody is: a view, or one thing of it. */
export interface Place {
  readonly view: ViewName
  readonly id: string | undefined
}

/** The place that the end of an address names, such as `#invoices/<id>`; the first view where it names none. */
export function placeOf(hash: string): Place {
  const [name = '', id] = hash.slice(1).split('/')
  const view = viewNames.find((known) => known === name)
  return view ? { view, id: id || undefined } : { view: 'overview', id: undefined }
}

/** The end of the address of a place. */
export function hashOf(view: ViewName, id?: string): string {
  return id === undefined ? `#${view}` : `#${view}/${id}`
}

/** Where somebody is; follows them. */
export function usePlace(): Place {
  return placeOf(useSyncExternalStore(subscribe, () => window.location.hash))
}

/** The API key that a link carries behind `#key=`, which nobody else is sent. */
export function carriedKey(hash: string): string | undefined {
  return new URLSearchParams(hash.slice(1)).get('key') ?? undefined
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}
