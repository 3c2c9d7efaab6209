import { assert, InvalidValue, idSchema, newId } from '../../kernel/index.ts'
import { checkName, checkText, type Invitation, type InvitationMetadata } from './invitation.ts'
import { checkCode, checkPrefix, drawCode } from './invitation-code.ts'
import type { InvitationStorage } from './invitation-storage.ts'
import type { InvitesScope } from './invites.scope.ts'

/** What all invitations of one request share. */
export interface InvitationTerms {
  /** Who makes it: in the platform a user's id, elsewhere any name. */
  readonly createdBy: string
  /** How often it may be used; null for any number of times. [1] */
  readonly usageLimit?: number | null | undefined
  /** The first instant at which it cannot be used any more. [never] */
  readonly expiresAt?: Date | null | undefined
  /** Up to 4 KiB of JSON. [none] */
  readonly metadata?: InvitationMetadata | undefined
}

/** A new invitation. */
export interface NewInvitation extends InvitationTerms {
  /** 6 to 32 letters, digits, hyphens and underscores. [drawn: 16 characters, 80 bits] */
  readonly code?: string | undefined
  /** The only one who may use it. [anybody] */
  readonly recipient?: string | undefined
  /** A group that its users join; who makes it must have the right to invite there. [none] */
  readonly groupId?: string | undefined
  /** Makes friends of its users and who makes it. [false] */
  readonly makesFriends?: boolean | undefined
}

/** Many new invitations: so many for anybody, or one bound to each recipient. */
export type NewBatch = BatchTerms &
  ({ readonly count: number } | { readonly recipients: readonly string[] })

/** What all invitations of a batch share. */
export interface BatchTerms extends InvitationTerms {
  /** What the codes begin with: a hyphen and 12 characters (60 bits) follow. [none] */
  readonly prefix?: string | undefined
  /** [a new one] */
  readonly batchId?: string | undefined
}

/** What a batch made. */
export interface InvitationBatch {
  readonly batchId: string
  readonly codes: readonly string[]
  readonly invitations: readonly Pick<Invitation, 'id' | 'code' | 'recipient'>[]
}

/** Most invitations of one batch. */
export const BATCH_INVITATIONS_MAX = 10_000
const USAGE_LIMIT_MAX = 1_000_000_000
const METADATA_BYTES_MAX = 4_096
/** How often codes that are taken are drawn anew: of 2^60 the first is already a wonder. */
const DRAWS_MAX = 5

/**
 * Gives what makes the invitation that is asked for, with another code each time if none was given.
 *
 * @throws {@link InvalidValue} {@link InvalidInvitationCode}
 */
export function buildInvitation(input: NewInvitation, at: Date): () => Invitation {
  const { code, recipient = null, groupId = null, makesFriends = false } = input
  if (code !== undefined) checkCode(code)
  if (recipient !== null) checkName('recipient', recipient)
  checkTerms(input, at)
  const own = { recipient, groupId, makesFriends, batchId: null, createdAt: at }
  return () => build(input, { ...own, code: code ?? drawCode() })
}

/**
 * Tells for whom the invitations of a batch are, and gives what makes each.
 *
 * @throws {@link InvalidValue}
 */
export function buildBatch(
  batch: NewBatch & { readonly batchId: string },
  at: Date,
): {
  readonly recipients: readonly Invitation['recipient'][]
  readonly make: (recipient: Invitation['recipient']) => Invitation
} {
  const { prefix, batchId } = batch
  const field = 'count' in batch ? 'count' : 'recipients'
  const count = 'count' in batch ? batch.count : batch.recipients.length
  if (!(Number.isInteger(count) && count >= 1 && count <= BATCH_INVITATIONS_MAX)) {
    refuse(field, 'is not a size of a batch', `send 1 to ${BATCH_INVITATIONS_MAX}`)
  }
  if (prefix !== undefined) checkPrefix(prefix)
  checkTerms(batch, at)
  const recipients = 'count' in batch ? Array.from({ length: count }, () => null) : batch.recipients
  for (const recipient of recipients) {
    if (recipient !== null) checkName('recipients', recipient)
  }
  const own = { groupId: null, makesFriends: false, batchId, createdAt: at }
  return {
    recipients,
    make: (recipient) => build(batch, { ...own, recipient, code: drawCode(prefix) }),
  }
}

/**
 * Refuses what would make people something to each other where they are nothing.
 *
 * @throws {@link InvalidValue}
 */
export function checkCompany(
  { groupId, makesFriends = false, createdBy }: NewInvitation,
  { members, friendships }: Pick<InvitesScope, 'members' | 'friendships'>,
): void {
  const field = groupId === undefined ? 'makesFriends' : 'groupId'
  if (groupId === undefined && !makesFriends) return
  if ((groupId !== undefined && !members) || (makesFriends && !friendships)) {
    refuse(field, 'needs groups and friendships', 'use the invites of a platform')
  }
  if (!idSchema.safeParse(createdBy).success) {
    refuse('createdBy', 'is not a user', 'send the id of who invites')
  }
}

/** Writes invitations whose codes are free and gives them. */
export async function insertFree(
  storage: InvitationStorage,
  invitations: readonly Invitation[],
): Promise<Invitation[]> {
  const written = new Set(await storage.insert(invitations))
  return invitations.filter(({ id }) => written.has(id))
}

/** Writes an invitation with a drawn code for each recipient; a code that is taken is drawn again. */
export async function insertDrawn(
  storage: InvitationStorage,
  recipients: readonly Invitation['recipient'][],
  make: (recipient: Invitation['recipient']) => Invitation,
): Promise<Invitation[]> {
  const made: Invitation[] = []
  let open = recipients
  for (let draws = 0; open.length > 0; draws++) {
    assert(draws < DRAWS_MAX, 'A drawn code is nearly always free')
    const drawn = open.map(make)
    const written = new Set(await storage.insert(drawn))
    made.push(...drawn.filter(({ id }) => written.has(id)))
    open = drawn.filter(({ id }) => !written.has(id)).map(({ recipient }) => recipient)
  }
  return made
}

function build(
  { createdBy, usageLimit = 1, expiresAt = null, metadata = {} }: InvitationTerms,
  own: Pick<
    Invitation,
    'code' | 'recipient' | 'groupId' | 'makesFriends' | 'batchId' | 'createdAt'
  >,
): Invitation {
  return {
    ...{ id: newId(), createdBy, status: 'active', usageLimit, useCount: 0, expiresAt },
    ...{ metadata: { ...metadata }, revokedAt: null, revokedBy: null, revocationReason: null },
    ...own,
  }
}

function checkTerms(terms: InvitationTerms, now: Date): void {
  checkName('createdBy', terms.createdBy)
  const { usageLimit, expiresAt, metadata = {} } = terms
  const isCount = (limit: number) =>
    Number.isInteger(limit) && limit >= 1 && limit <= USAGE_LIMIT_MAX
  if (usageLimit !== undefined && usageLimit !== null && !isCount(usageLimit)) {
    refuse('usageLimit', 'is not a number of uses', 'send 1 or more, or null for no limit')
  }
  // An invalid date is neither before nor after.
  if (expiresAt && !(expiresAt > now)) {
    refuse('expiresAt', 'is not in the future', 'send an instant that is still to come')
  }
  for (const [key, value] of Object.entries(metadata)) {
    checkText('metadata', key)
    if (typeof value === 'string') checkText('metadata', value)
    if (typeof value === 'number' && !Number.isFinite(value)) {
      refuse('metadata', 'has a number that JSON has not', 'send finite numbers')
    }
  }
  if (Buffer.byteLength(JSON.stringify(metadata)) > METADATA_BYTES_MAX) {
    refuse('metadata', 'is longer than 4 KiB of JSON', 'keep it in a table of your own')
  }
}

function refuse(field: string, problem: string, remedy: string): never {
  throw new InvalidValue({ field, problem, remedy })
}
