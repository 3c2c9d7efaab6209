import type { RunProgress } from '../api/wire.ts'

/** Whether a run is neither done nor refused. */
export function isOpen({ state }: { readonly state: string }): boolean {
  return state !== 'completed' && state !== 'rejected'
}

/** Whether a run has something to do that nobody has to decide first. */
export function isWorking({ state }: Pick<RunProgress, 'state'>): boolean {
  return state === 'billing' || state === 'finalizing'
}

/** The part of the work that is done: each subscription is billed and each invoice numbered. */
export function progressOf({ state, invoices, drafts, due }: RunProgress): number {
  if (state === 'completed') return 1
  if (state === 'waiting' || state === 'rejected') return 0
  const work = 2 * (invoices + due)
  return work === 0 ? 0 : (2 * invoices - drafts) / work
}
