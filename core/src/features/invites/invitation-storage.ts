import type { Page, PageRequest } from '../../kernel/index.ts'
import type { Invitation, InvitationStatus, InvitationUse, UseRefusal } from './invitation.ts'

/** Which invitations are meant; all of what is named must fit. */
export interface InvitationFilter {
  readonly createdBy?: string | undefined
  readonly status?: InvitationStatus | undefined
  readonly batchId?: string | undefined
}

/** People who use one code at one instant, the first of them first. */
export interface UseAttempt {
  readonly code: string
  readonly at: Date
  /** Who, and the id of the row that keeps the use. */
  readonly uses: readonly { readonly id: string; readonly usedBy: string }[]
}

/** What became of one person's use. */
export type UseOutcome =
  /** How often the invitation was used with this time. */
  { readonly useCount: number } | { readonly refusal: UseRefusal }

/** What was decided about an attempt. */
export interface UseDecision {
  /** The invitation as it is now. */
  readonly invitation: Invitation
  /** True for the one attempt that stored that its time is over. */
  readonly isExpiryNew: boolean
  /** One for each who asked, in their order. */
  readonly outcomes: readonly UseOutcome[]
}

/** How many invitations there are in each state, and how often they were used together. */
export type InvitationStats = Readonly<Record<InvitationStatus | 'total' | 'uses', number>>

/**
 * Where invitations are kept. What is decided is decided here, in one step that nobody gets in
 * between of: of any number of processes that use a code of limit 100, exactly 100 succeed.
 *
 * Codes are compared by `codeKey`, by equality. An adapter is right when `invitationStorageContract`
 * of `@gramkit/core/testing` passes.
 */
export interface InvitationStorage {
  /** Writes those whose codes are free, all in one step, and gives the ids of these. */
  insert(invitations: readonly Invitation[]): Promise<readonly string[]>
  findById(id: string): Promise<Invitation | undefined>
  findByCode(code: string): Promise<Invitation | undefined>
  /** Tells whether somebody has used an invitation. */
  hasUsed(invitationId: string, usedBy: string): Promise<boolean>
  /** Newest first: ids are in the order of creation. */
  list(filter: InvitationFilter, request: PageRequest): Promise<Page<Invitation>>
  /** The uses of one, oldest first. */
  listUses(invitationId: string, request: PageRequest): Promise<Page<InvitationUse>>
  count(filter: Pick<InvitationFilter, 'createdBy'>): Promise<InvitationStats>
  /**
   * Decides by the rule of `refusalOf` for one after the other and writes what was decided: the
   * uses, the count, that it is `used` up, or that it is `expired`; undefined when no invitation has
   * the code.
   */
  use(attempt: UseAttempt): Promise<UseDecision | undefined>
  /** Revokes an active one; true when it was this call. */
  revoke(
    id: string,
    revocation: { readonly at: Date; readonly by: string; readonly reason: string | null },
  ): Promise<boolean>
  /** Stores that the time of some active ones is over, and gives these: each to one caller only. */
  expireDue(at: Date, limit: number): Promise<readonly Invitation[]>
}
