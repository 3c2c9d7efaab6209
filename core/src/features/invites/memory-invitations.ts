import { decodeCursor, type PageRequest, pageLimit, toPage } from '../../kernel/index.ts'
import {
  endOf,
  type Invitation,
  type InvitationUse,
  isExpiredAt,
  refusalOf,
  useOnce,
} from './invitation.ts'
import { codeKey } from './invitation-code.ts'
import type {
  InvitationFilter,
  InvitationStats,
  InvitationStorage,
  UseAttempt,
  UseDecision,
  UseOutcome,
} from './invitation-storage.ts'

/** Invitations in the memory of one process: for an app's own tests, and to try things out. */
export class MemoryInvitations implements InvitationStorage {
  readonly #byId = new Map<string, Invitation>()
  readonly #idByCode = new Map<string, string>()
  /** Of each invitation by who used it, in the order of the uses. */
  readonly #uses = new Map<string, Map<string, InvitationUse>>()

  async insert(invitations: readonly Invitation[]): Promise<string[]> {
    return invitations.flatMap((invitation) => {
      const key = codeKey(invitation.code)
      if (this.#idByCode.has(key)) return []
      this.#idByCode.set(key, invitation.id)
      this.#byId.set(invitation.id, invitation)
      return [invitation.id]
    })
  }

  async findById(id: string): Promise<Invitation | undefined> {
    return this.#byId.get(id)
  }

  async findByCode(code: string): Promise<Invitation | undefined> {
    return this.#byCode(code)
  }

  async hasUsed(invitationId: string, usedBy: string): Promise<boolean> {
    return this.#usesOf(invitationId).has(usedBy)
  }

  async list(filter: InvitationFilter, request: PageRequest) {
    const limit = pageLimit(request)
    const before = request.cursor === undefined ? undefined : decodeCursor(request.cursor)
    const found = this.#matching(filter)
      .filter(({ id }) => before === undefined || id < before)
      .sort((one, other) => (one.id < other.id ? 1 : -1))
    return toPage(found, limit, ({ id }) => id)
  }

  async listUses(invitationId: string, request: PageRequest) {
    const limit = pageLimit(request)
    const after = request.cursor === undefined ? undefined : decodeCursor(request.cursor)
    const found = [...this.#usesOf(invitationId).values()].filter(
      ({ id }) => after === undefined || id > after,
    )
    return toPage(found, limit, ({ id }) => id)
  }

  async count(filter: Pick<InvitationFilter, 'createdBy'>): Promise<InvitationStats> {
    const stats = { active: 0, used: 0, expired: 0, revoked: 0, total: 0, uses: 0 }
    for (const { status, useCount } of this.#matching(filter)) {
      stats[status] += 1
      stats.total += 1
      stats.uses += useCount
    }
    return stats
  }

  async use({ code, at, uses }: UseAttempt): Promise<UseDecision | undefined> {
    const found = this.#byCode(code)
    if (!found) return undefined
    const isExpiryNew = found.status === 'active' && endOf(found, at) === 'expired'
    let invitation: Invitation = isExpiryNew ? { ...found, status: 'expired' } : found
    const used = this.#usesOf(found.id)
    const outcomes = uses.map(({ id, usedBy }): UseOutcome => {
      const refusal = refusalOf(invitation, { usedBy, hasUsed: used.has(usedBy), at })
      if (refusal) return { refusal }
      invitation = useOnce(invitation)
      used.set(usedBy, { id, invitationId: found.id, usedBy, usedAt: at })
      return { useCount: invitation.useCount }
    })
    this.#uses.set(found.id, used)
    this.#byId.set(invitation.id, invitation)
    return { invitation, isExpiryNew, outcomes }
  }

  async revoke(
    id: string,
    { at, by, reason }: { readonly at: Date; readonly by: string; readonly reason: string | null },
  ): Promise<boolean> {
    const found = this.#byId.get(id)
    if (found?.status !== 'active') return false
    this.#byId.set(id, {
      ...found,
      status: 'revoked',
      revokedAt: at,
      revokedBy: by,
      revocationReason: reason,
    })
    return true
  }

  async expireDue(at: Date, limit: number): Promise<Invitation[]> {
    const due = this.#matching({ status: 'active' })
      .filter((invitation) => isExpiredAt(invitation, at))
      .slice(0, limit)
      .map((invitation): Invitation => ({ ...invitation, status: 'expired' }))
    for (const invitation of due) this.#byId.set(invitation.id, invitation)
    return due
  }

  #byCode(code: string): Invitation | undefined {
    return this.#byId.get(this.#idByCode.get(codeKey(code)) ?? '')
  }

  #usesOf(invitationId: string): Map<string, InvitationUse> {
    return this.#uses.get(invitationId) ?? new Map()
  }

  #matching({ createdBy, status, batchId }: InvitationFilter): Invitation[] {
    return [...this.#byId.values()].filter(
      (invitation) =>
        (createdBy === undefined || invitation.createdBy === createdBy) &&
        (status === undefined || invitation.status === status) &&
        (batchId === undefined || invitation.batchId === batchId),
    )
  }
}
