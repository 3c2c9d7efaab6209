import { newId, type Page, type PageRequest } from '../../kernel/index.ts'
import {
  checkName,
  checkReason,
  endOf,
  type Invitation,
  type InvitationUse,
  refusalOf,
  remainingUses,
} from './invitation.ts'
import { checkCode, isCode } from './invitation-code.ts'
import type {
  InvitationUsed,
  Revocation,
  UseRequest,
  Validation,
  ValidationRequest,
} from './invitation-requests.ts'
import type { InvitationFilter, InvitationStats } from './invitation-storage.ts'
import { InvitationCodeTaken, InvitationNotFound } from './invites.errors.ts'
import { invitationBatchCreated, tellCreated, tellExpired, tellRevoked } from './invites.events.ts'
import type { InvitesScope } from './invites.scope.ts'
import {
  buildBatch,
  buildInvitation,
  checkCompany,
  type InvitationBatch,
  insertDrawn,
  insertFree,
  type NewBatch,
  type NewInvitation,
} from './new-invitation.ts'
import { type UseResult, useTogether } from './use-invitation.ts'
import { UseQueue } from './use-queue.ts'

const EXPIRED_BATCH = 100

/** Invitations: codes that let people in, each as often as it says and once for each person. */
export class InvitesService {
  readonly #scope: InvitesScope
  readonly #queue: UseQueue<UseResult>

  constructor(scope: InvitesScope) {
    this.#scope = scope
    this.#queue = new UseQueue((code, people) => useTogether(scope, code, people))
  }

  /**
   * Makes an invitation, single-use unless its limit says otherwise. Emits `invitation.created`.
   *
   * @throws {@link InvalidInvitationCode}
   * @throws {@link InvitationCodeTaken} leaving an open transaction usable
   * @throws {@link InvalidValue} when a term is no such thing
   * @throws {@link GroupNotFound} {@link RoleTooLow} when its maker may not invite into the group
   * @example
   * const { code } = await services.invites.create({ createdBy: userId, usageLimit: 5 })
   */
  async create(input: NewInvitation): Promise<Invitation> {
    const make = buildInvitation(input, this.#scope.clock.now())
    checkCompany(input, this.#scope)
    return this.#scope.transaction(async (tx) => {
      const { groupId, createdBy } = input
      if (groupId !== undefined) await tx.members?.demandRight(groupId, createdBy, 'invite')
      const { invitations } = tx.repos
      const isDrawn = input.code === undefined
      const [invitation] = isDrawn
        ? await insertDrawn(invitations, [null], make)
        : await insertFree(invitations, [make()])
      if (!invitation) throw new InvitationCodeTaken()
      await tx.repos.outbox.addAll([tellCreated(invitation)])
      return invitation
    })
  }

  /**
   * Makes up to 10,000 invitations with drawn codes, all or none, and gives the codes: so many for
   * anybody, or one bound to each recipient. Emits one `invitation.batch_created` for all of them.
   *
   * @throws {@link InvalidValue} when a term is no such thing
   */
  async createBatch(batch: NewBatch): Promise<InvitationBatch> {
    const { batchId = newId(), createdBy } = batch
    const at = this.#scope.clock.now()
    const { recipients, make } = buildBatch({ ...batch, batchId }, at)
    const count = recipients.length
    return this.#scope.transaction(async (tx) => {
      const made = await insertDrawn(tx.repos.invitations, recipients, make)
      await tx.repos.outbox.addAll([
        invitationBatchCreated.create({
          occurredAt: at,
          subjectId: batchId,
          payload: { batchId, createdBy, createdAt: at.toISOString(), count },
        }),
      ])
      const invitations = made.map(({ id, code, recipient }) => ({ id, code, recipient }))
      return { batchId, codes: made.map(({ code }) => code), invitations }
    })
  }

  /**
   * Uses a code for somebody. On `tx` it joins the transaction: what fails there burns no use.
   *
   * They join the code's group and become friends with its maker, where it says so, in the same
   * transaction. When such a use is refused on `tx`, roll back: a part of it may have been done.
   *
   * Emits `invitation.used`, and `invitation.limit_reached` with the last one. The first to touch a
   * code whose time is over stores that and emits `invitation.expired`.
   *
   * @throws {@link InvitationNotFound} also when it is bound to somebody else
   * @throws {@link InvitationNotActive} when it is used up or revoked
   * @throws {@link InvitationExpired}
   * @throws {@link InvitationAlreadyUsed}
   * @throws {@link OwnInvitation}
   * @throws {@link InvitedMember} {@link GroupFull} {@link TooManyGroups}
   * @throws {@link InvalidInvitationCode}
   * @throws {@link InvalidValue} when `usedBy` names nobody
   * @example
   * const { remainingUses } = await services.invites.use({ code, usedBy: userId })
   */
  async use({ code, usedBy }: UseRequest): Promise<InvitationUsed> {
    checkCode(code)
    checkName('usedBy', usedBy)
    const result = await this.#queue.use(code, usedBy)
    if ('error' in result) throw result.error
    return result.used
  }

  /**
   * Tells whether a code could be used now, by anybody or by somebody. Changes nothing and throws
   * nothing: a text that cannot be a code is an answer as well.
   */
  async validate({ code, usedBy }: ValidationRequest): Promise<Validation> {
    const nothing = { isValid: false, status: null, remainingUses: null, expiresAt: null } as const
    if (!isCode(code)) return { ...nothing, reason: 'malformed' }
    const { invitations } = this.#scope.repos
    const invitation = await invitations.findByCode(code)
    // Asked in any case: how long the answer takes says nothing about other codes.
    const hasUsed =
      usedBy !== undefined && (await invitations.hasUsed(invitation?.id ?? newId(), usedBy))
    if (!invitation) return { ...nothing, reason: 'not_found' }
    const at = this.#scope.clock.now()
    const reason =
      usedBy === undefined ? endOf(invitation, at) : refusalOf(invitation, { usedBy, hasUsed, at })
    if (reason === 'for_somebody_else') return { ...nothing, reason: 'not_found' }
    const { groupId, createdBy } = invitation
    const door = groupId === null ? 'open' : await this.#scope.members?.doorOf(groupId, createdBy)
    // As in a use: who may not invite any more has codes that open nothing.
    if (!reason && door === 'closed') return { ...nothing, reason: 'not_found' }
    const problem = reason ?? (door === 'full' ? 'group_full' : null)
    return {
      isValid: problem === null,
      reason: problem,
      status: invitation.status,
      remainingUses: remainingUses(invitation),
      expiresAt: invitation.expiresAt,
    }
  }

  /**
   * Tells whether a code is somebody's own, or one that they have used: what they are told about it
   * they know already, so it need not count as a try.
   */
  async isKnownTo(userId: string, code: string): Promise<boolean> {
    if (!isCode(code)) return false
    const { invitations } = this.#scope.repos
    const found = await invitations.findByCode(code)
    // Asked in any case: how long the answer takes says nothing about other codes.
    const hasUsed = await invitations.hasUsed(found?.id ?? newId(), userId)
    return hasUsed || found?.createdBy === userId
  }

  /**
   * Takes an invitation back and gives it as it is then: `revoked`, or `used` or `expired` if it had
   * ended already. Emits `invitation.revoked` once: another time changes nothing.
   *
   * @throws {@link InvitationNotFound}
   * @throws {@link InvalidInvitationCode}
   * @throws {@link InvalidValue} when `by` names nobody or the reason is too long
   */
  async revoke(revocation: Revocation): Promise<Invitation> {
    const { by, reason = null } = revocation
    checkName('by', by)
    if ('code' in revocation) checkCode(revocation.code)
    if (reason !== null) checkReason(reason)
    return this.#scope.transaction(async (tx) => {
      const { invitations, outbox } = tx.repos
      const found =
        'id' in revocation
          ? await invitations.findById(revocation.id)
          : await invitations.findByCode(revocation.code)
      if (!found) throw new InvitationNotFound()
      const done = { at: tx.clock.now(), by, reason }
      const isNew = await invitations.revoke(found.id, done)
      if (isNew) await outbox.addAll([tellRevoked(found, done)])
      return (await invitations.findById(found.id)) ?? found
    })
  }

  /**
   * Reads an invitation.
   *
   * @throws {@link InvitationNotFound}
   */
  async getById(id: string): Promise<Invitation> {
    const invitation = await this.#scope.repos.invitations.findById(id)
    if (!invitation) throw new InvitationNotFound({ invitationId: id })
    return invitation
  }

  /**
   * Reads an invitation by its code.
   *
   * @throws {@link InvitationNotFound}
   * @throws {@link InvalidInvitationCode}
   */
  async getByCode(code: string): Promise<Invitation> {
    checkCode(code)
    const invitation = await this.#scope.repos.invitations.findByCode(code)
    if (!invitation) throw new InvitationNotFound()
    return invitation
  }

  /** Invitations, newest first. */
  list(filter: InvitationFilter = {}, request: PageRequest = {}): Promise<Page<Invitation>> {
    return this.#scope.repos.invitations.list(filter, request)
  }

  /** Who used an invitation and when, the first of them first. */
  uses(invitationId: string, request: PageRequest = {}): Promise<Page<InvitationUse>> {
    return this.#scope.repos.invitations.listUses(invitationId, request)
  }

  /** How many invitations there are in each state, of one maker or of all, and their uses. */
  stats(filter: Pick<InvitationFilter, 'createdBy'> = {}): Promise<InvitationStats> {
    return this.#scope.repos.invitations.count(filter)
  }

  /** Stores which invitations have expired, up to 100, and gives their number. */
  async expireDue(): Promise<number> {
    return this.#scope.transaction(async (tx) => {
      const at = tx.clock.now()
      const expired = await tx.repos.invitations.expireDue(at, EXPIRED_BATCH)
      await tx.repos.outbox.addAll(expired.map((invitation) => tellExpired(invitation, at)))
      return expired.length
    })
  }
}
