import {
  hashSecret,
  InvalidValue,
  isAppError,
  type Language,
  newId,
  readEmail,
} from '../../../kernel/index.ts'
import type { Transactional } from '../../../platform/database/index.ts'
import type { Invitation, InvitationBatch, InvitesService } from '../../invites/index.ts'
import type { QualityService } from '../../quality/index.ts'
import type { EmailsRepository, UsersRepository, UsersService } from '../../users/index.ts'
import type { BatchesRepository } from '../batches/batches.repository.ts'
import type { EntriesRepository } from '../entries.repository.ts'
import { drawReferralCode, type Entry } from '../entry.ts'
import { type ForgettingScope, forgetEntry } from '../forget-entry.ts'
import { AlreadyAdmitted, CodeNotFound, GuestsNotListed, OwnCode } from '../waitlist.errors.ts'
import { waitlistAdmitted } from '../waitlist.events.ts'
import type { WaitlistOptions } from '../waitlist-options.ts'
import { type Admission, earnedBy, makerOf } from './admission.ts'
import type { AdmissionsRepository } from './admissions.repository.ts'

/** All that the admissions service may touch. */
export interface AdmissionsScope extends ForgettingScope, Transactional<AdmissionsScope> {
  readonly invites: InvitesService
  readonly quality: Pick<QualityService, 'requireRedeeming'>
  readonly users: Pick<UsersService, 'createWithEmail'>
  readonly waitlistOptions: WaitlistOptions
  readonly repos: ForgettingScope['repos'] & {
    readonly emails: Pick<EmailsRepository, 'findUser' | 'lockAddress' | 'put'>
    readonly users: Pick<UsersRepository, 'getById'>
    readonly waitlistAdmissions: AdmissionsRepository
    readonly waitlistBatches: BatchesRepository
    readonly waitlistEntries: EntriesRepository
  }
}

/** Who redeems which code: an address, a user who is logged in, or a user who names the address. */
export interface Redemption {
  readonly code: string
  readonly email?: string | undefined
  readonly userId?: string | undefined
  /** Where they come from; kept as a hash. [unknown] */
  readonly network?: string | undefined
  /** Of mails to somebody who never waited. [en] */
  readonly language?: Language | undefined
}

/** Codes that an entry has earned. */
export interface EarnedCodes {
  readonly inviterEntryId: string
  readonly count: number
  readonly expiresAt: Date
}

/** Who redeems, once it was read. */
interface Redeemer {
  readonly email: string | null
  readonly userId: string | null
}

/** Lets people in who redeem a code: each code as often as it says, each person once. */
export class AdmissionsService {
  readonly #scope: AdmissionsScope

  constructor(scope: AdmissionsScope) {
    this.#scope = scope
  }

  /**
   * Lets somebody in, in one transaction: the code is used, the entry admitted, and there is an
   * account. Whoever redeems a code of a batch by the address that it was sent to has proved the
   * address by it. An address that names an earned code is not proved: its account is made, and the
   * first login by a code of a mail opens it (`createWithEmail` is asked with that address).
   *
   * Emits `waitlist.admitted`.
   *
   * @throws {@link CodeNotFound} also when the code is bound to somebody else or lets nobody in
   * @throws {@link InvitationNotActive} {@link InvitationAlreadyUsed} {@link InvitationExpired}
   * @throws {@link AlreadyAdmitted} {@link OwnCode} {@link GuestsNotListed}
   * @throws {@link RedeemingStopped}
   * @throws {@link InvalidValue} when neither an address nor a user redeems it
   * @example
   * const { userId } = await services.admissions.redeem({ code, email: 'ada@example.org' })
   */
  async redeem(request: Redemption): Promise<Admission> {
    const who = redeemerOf(request)
    const { network, language = 'en' } = request
    const networkHash = network === undefined ? null : hashSecret(network)
    return this.#scope.transaction(async (tx) => {
      await tx.quality.requireRedeeming()
      const invitation = await findInvitation(tx, request.code)
      // Two who redeem for one address wait for each other, also while nobody has it yet.
      if (who.email !== null) await tx.repos.emails.lockAddress(who.email)
      const { entries, inviterEntryId } = await findEntries(tx, invitation, who)
      const entry = entries.own ?? (await newEntry(tx, who, { language, networkHash }))
      await tx.invites.use({ code: invitation.code, usedBy: entry.id })
      const userId = await accountOf(tx, who, { invitation, language })
      if (await tx.repos.waitlistAdmissions.findByUser(userId)) throw new AlreadyAdmitted()
      const at = tx.clock.now()
      if (entries.other) await forgetEntry(tx, entries.other, 'asked')
      await tx.repos.waitlistEntries.update(entry.id, {
        ...{ status: 'admitted', userId, confirmedAt: entry.confirmedAt ?? at },
      })
      await tx.repos.waitlistBatches.end([entry.id], { outcome: 'admitted', at })
      const admission = {
        ...{ id: newId(), entryId: entry.id, userId, invitationId: invitation.id },
        ...{ inviterEntryId, networkHash, admittedAt: at },
      }
      await tx.repos.waitlistAdmissions.insert(admission)
      const payload = {
        ...{ entryId: entry.id, userId, invitationId: invitation.id, inviterEntryId },
      }
      await tx.repos.outbox.add(
        waitlistAdmitted.create({ occurredAt: at, subjectId: entry.id, userId, payload }),
      )
      return admission
    })
  }

  /**
   * Makes codes that an entry has earned: for anybody but the entry itself, each for one person. Call
   * it in the transaction that takes what they cost. Nothing else that a person can make lets in.
   *
   * @throws {@link InvalidValue}
   * @example
   * const { codes } = await tx.admissions.mint({ inviterEntryId, count: 3, expiresAt })
   */
  mint({ inviterEntryId, count, expiresAt }: EarnedCodes): Promise<InvitationBatch> {
    return this.#scope.invites.createBatch({
      ...{ createdBy: makerOf(inviterEntryId), count, expiresAt },
      prefix: this.#scope.waitlistOptions.codePrefix,
    })
  }

  /** Finds how a user or an entry came in. */
  async find(
    key: { readonly userId: string } | { readonly entryId: string },
  ): Promise<Admission | undefined> {
    const { waitlistAdmissions } = this.#scope.repos
    return 'userId' in key
      ? waitlistAdmissions.findByUser(key.userId)
      : waitlistAdmissions.findByEntry(key.entryId)
  }
}

function redeemerOf({ email: text, userId: named }: Redemption): Redeemer {
  const userId = named ?? null
  const email = text === undefined ? null : readEmail(text)
  if (email) return { email, userId }
  if (email === null && userId !== null) return { email, userId }
  throw new InvalidValue({
    field: 'email',
    problem: 'is no e-mail address',
    remedy: 'send one such as ada@example.org, or log in',
  })
}

/** Whatever is wrong with a code that cannot be found, it is told in one way. */
async function findInvitation({ invites }: AdmissionsScope, code: string): Promise<Invitation> {
  try {
    return await invites.getByCode(code)
  } catch (error) {
    if (isAppError(error)) throw new CodeNotFound()
    throw error
  }
}

/**
 * Finds and locks the entry that a code admits. A code of a batch admits its own alone; an earned one
 * whoever comes. Codes that people made for themselves admit nobody, whoever they are bound to.
 */
async function findEntries(
  { repos }: AdmissionsScope,
  invitation: Invitation,
  { email, userId }: Redeemer,
): Promise<{
  readonly entries: { readonly own: Entry | undefined; readonly other: Entry | undefined }
  readonly inviterEntryId: string | null
}> {
  const byUser = userId === null ? undefined : await repos.waitlistEntries.findByUser(userId)
  const byEmail = email === null ? undefined : await repos.waitlistEntries.findByEmail(email)
  const invite = await repos.waitlistBatches.findByInvitation(invitation.id)
  const inviterEntryId = earnedBy(invitation) ?? null
  if (!invite && (inviterEntryId === null || invitation.recipient !== null))
    throw new CodeNotFound()
  const found = invite
    ? [byUser, byEmail].find((entry) => entry?.id === invite.entryId)
    : userId === null
      ? byEmail
      : byUser
  const own = found && (await repos.waitlistEntries.findByIdWithLock(found.id))
  if (invite && !own) throw new CodeNotFound()
  if (own?.status === 'admitted' || byUser?.status === 'admitted') throw new AlreadyAdmitted()
  if (own && own.id === inviterEntryId) throw new OwnCode()
  const other = byUser && byUser.id !== own?.id ? byUser : undefined
  return { entries: { own, other }, inviterEntryId }
}

/** Somebody who never waited: their entry is admitted in the same transaction. */
async function newEntry(
  { repos, clock }: AdmissionsScope,
  { email, userId }: Redeemer,
  { language, networkHash }: Pick<Entry, 'language' | 'networkHash'>,
): Promise<Entry> {
  const features = { persona: 'other', isDetailed: false, hasKeyword: false } as const
  const at = clock.now()
  const made = await repos.waitlistEntries.insertNew({
    ...{ id: newId(), email: userId === null ? email : null, userId, useCase: '', language },
    classId: await repos.waitlistEntries.classOf({ ...features, referrals: 0, cohort: 'control' }),
    ...{ referralCode: drawReferralCode(), inviterEntryId: null, networkHash },
    ...{ status: 'waiting', joinedAt: at, confirmedAt: at },
  })
  // Somebody joined in this moment.
  const joined =
    made ?? (email === null ? undefined : await repos.waitlistEntries.findByEmail(email))
  if (!joined) throw new AlreadyAdmitted()
  return joined
}

/** Finds or makes the account of who redeems. */
async function accountOf(
  tx: AdmissionsScope,
  { email, userId }: Redeemer,
  { invitation, language }: { readonly invitation: Invitation; readonly language: Language },
): Promise<string> {
  if (userId !== null) {
    const { kind } = await tx.repos.users.getById(userId)
    if (kind === 'guest') throw new GuestsNotListed()
    return userId
  }
  if (email === null) throw new CodeNotFound()
  const known = await tx.repos.emails.findUser(email)
  if (known) return known.id
  const { id } = await tx.users.createWithEmail({
    ...{ email, languageCode: language, admittedBy: invitation.id },
  })
  const isProved = invitation.recipient !== null
  if (isProved) await tx.repos.emails.put({ userId: id, email, verifiedAt: tx.clock.now() })
  return id
}
