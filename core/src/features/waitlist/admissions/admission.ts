/** Somebody who was let in. */
export interface Admission {
  readonly id: string
  readonly entryId: string
  readonly userId: string
  readonly invitationId: string
  /** Whose earned code it was; null for one of a batch. */
  readonly inviterEntryId: string | null
  readonly networkHash: string | null
  readonly admittedAt: Date
}

const MAKER = /^entry:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/**
 * By whom an invitation is made that an entry has earned. No route makes an invitation in this name,
 * so what people make for themselves lets nobody in.
 */
export function makerOf(entryId: string): string {
  return `entry:${entryId}`
}

/** Which entry has earned an invitation; undefined when none has. */
export function earnedBy({ createdBy }: { readonly createdBy: string }): string | undefined {
  return MAKER.exec(createdBy)?.[1]
}
