import {
  addMs,
  DAY_MS,
  InvalidValue,
  newId,
  type Page,
  type PageRequest,
  readEmail,
} from '../../kernel/index.ts'
import { admit, type Rate } from '../../platform/limits/index.ts'
import { connect, factsOf } from './connect.ts'
import { mailboxOf } from './mailbox.ts'
import { activeDaysOf, checkBatch, qualify } from './qualification.ts'
import { recount } from './recount.ts'
import { afterStep, checkHour, QUALIFY_ACTIVE_DAYS, type Referral, SHARE_DAYS } from './referral.ts'
import { ReferralNotFound, ReferralStateConflict, SelfReferral } from './referrals.errors.ts'
import {
  referralClawedBack,
  referralFrozen,
  referralLapsed,
  referralShared,
  referralSignedUp,
  referralUnfrozen,
} from './referrals.events.ts'
import type { Leader } from './referrals.repository.ts'
import type { ReferralsScope } from './referrals.scope.ts'

/** Who does something to a referral by hand, and why. */
export interface ByHand {
  readonly actor: string
  readonly reason: string
}

/** One line of the tree: a referral, and whom its invitee brought. */
export interface TreeNode {
  readonly referral: Referral
  readonly brought: number
  readonly qualified: number
}

const SHARE_RATE: Rate = { limit: 20, perMs: DAY_MS }
const LEADERS_MAX = 100
/** How long after the sign-up somebody can have been active on three days at the earliest. */
const FIRST_CHECK_MS = 2 * DAY_MS

/** Who brought whom, and what came of it: shared, joined, signed up, qualified. */
export class ReferralsService {
  readonly #scope: ReferralsScope

  constructor(scope: ReferralsScope) {
    this.#scope = scope
  }

  /**
   * Writes down whom somebody wants to bring: who joins by that address without a link of anybody is
   * theirs. The answer tells nothing of the address, and naming it again gives the same referral.
   * Emits `referral.shared`.
   *
   * Must not be called inside a transaction.
   *
   * @throws {@link SelfReferral} {@link InvalidValue} {@link TooManyTries} {@link LimitsUnavailable}
   * @example
   * const { id } = await services.referrals.share(entry.id, 'grace@example.org')
   */
  async share(inviterEntryId: string, address: string): Promise<Referral> {
    const recipientEmail = readEmail(address)
    if (recipientEmail === undefined) {
      throw new InvalidValue({ field: 'recipientEmail', problem: 'is no e-mail address' })
    }
    const inviter = await this.#scope.repos.waitlistEntries.getById(inviterEntryId)
    if (inviter.email !== null && mailboxOf(inviter.email) === mailboxOf(recipientEmail)) {
      throw new SelfReferral()
    }
    await admit(this.#scope.limiter, 'referrals.share', inviterEntryId, SHARE_RATE)
    return this.#scope.transaction(async (tx) => {
      const at = tx.clock.now()
      const written = await tx.repos.referrals.insertShare({
        ...{ id: newId(), inviterEntryId, recipientEmail, status: 'shared', flags: [] },
        ...{ nextCheckAt: addMs(at, SHARE_DAYS * DAY_MS), createdAt: at, updatedAt: at },
      })
      if (written) {
        await tx.repos.outbox.add(referralShared.create(factsOf(written, at, inviter.userId)))
        return written
      }
      const known = await tx.repos.referrals.findShare(inviterEntryId, recipientEmail)
      if (!known) throw new ReferralNotFound({ referralId: recipientEmail })
      return known
    })
  }

  /**
   * Takes in that somebody is on the waitlist and has proved who they are. Emits `referral.joined` if
   * somebody brought them.
   */
  async join(entryId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      const invitee = await tx.repos.waitlistEntries.getById(entryId)
      if (invitee.confirmedAt === null) return
      await connect(tx, { invitee, inviterEntryId: invitee.inviterEntryId })
    })
  }

  /**
   * Takes in that somebody was let in, by an earned code if there is an inviter: who brought them, and
   * what they have earned themselves while they waited. Emits `referral.signed_up`.
   */
  async signUp(admission: {
    readonly entryId: string
    readonly inviterEntryId: string | null
    readonly invitationId: string
  }): Promise<void> {
    const { entryId, inviterEntryId, invitationId } = admission
    await this.#scope.transaction(async (tx) => {
      const invitee = await tx.repos.waitlistEntries.getById(entryId)
      const came = inviterEntryId === null ? {} : { invitationId }
      const found = await connect(tx, {
        invitee,
        inviterEntryId: inviterEntryId ?? invitee.inviterEntryId,
        ...came,
      })
      const status = found && afterStep(found.status, 'sign_up')
      if (found && status) {
        const at = tx.clock.now()
        const nextCheckAt = checkHour(addMs(at, FIRST_CHECK_MS))
        const changes = { status, signedUpAt: at, nextCheckAt, updatedAt: at }
        const written = await tx.repos.referrals.update(found.id, changes)
        await tx.repos.outbox.add(referralSignedUp.create(factsOf(written, at)))
      }
      await tx.rewards.grantDue(entryId)
    })
  }

  /** Takes in that somebody left before they were let in. Emits `referral.lapsed`. */
  async leave(entryId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      const { referrals, outbox } = tx.repos
      await referrals.removeSharesOf(entryId)
      const found = await referrals.findByInviteeWithLock(entryId)
      if (found?.status !== 'joined') return
      const at = tx.clock.now()
      const lapsed = await referrals.update(found.id, { status: 'lapsed', updatedAt: at })
      await outbox.add(referralLapsed.create(factsOf(lapsed, at)))
    })
  }

  /** Takes in that somebody has paid: whoever brought them is rewarded. Emits `referral.qualified`. */
  async pay(paymentId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      const payment = await tx.repos.payments.findById(paymentId)
      const entry = payment && (await tx.repos.waitlistEntries.findByUser(payment.userId))
      const found = entry && (await tx.repos.referrals.findByInviteeWithLock(entry.id))
      if (found) await qualify(tx, found, { by: 'payment', paymentId })
    })
  }

  /**
   * Takes in that money was given back: what all of it had qualified is clawed back, unless the
   * invitee was active enough as well.
   */
  async refund(paymentId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      const found = await tx.repos.referrals.findByPayment(paymentId)
      const payment = await tx.repos.payments.findById(paymentId)
      if (!found || payment?.status !== 'refunded') return
      const days = (await activeDaysOf(tx, [found])).get(found.id) ?? 0
      if (days >= QUALIFY_ACTIVE_DAYS) {
        await tx.repos.referrals.update(found.id, { qualifiedBy: 'activity', paymentId: null })
        return
      }
      await this.#clawBack(tx, found.id, 'refund', { actor: 'system', reason: 'refund' })
    })
  }

  /** Looks at a batch of referrals that are due: qualifies, lapses or forgets; gives their number. */
  checkDue(): Promise<number> {
    return this.#scope.transaction((tx) => checkBatch(tx))
  }

  /**
   * Has a referral count for nothing until it is unfrozen; what was given stays. Audited. Freezing it
   * again does nothing.
   *
   * @throws {@link ReferralNotFound}
   */
  async freeze(referralId: string, by: ByHand): Promise<Referral> {
    return this.#scope.transaction(async (tx) => {
      const found = await lock(tx, referralId)
      const at = tx.clock.now()
      const frozen = await tx.repos.referrals.freeze(referralId, at)
      if (!frozen) return found
      await audit(tx, 'referral.frozen', referralId, by)
      await tx.repos.outbox.add(referralFrozen.create(factsOf(frozen, at)))
      await recount(tx, frozen.inviterEntryId)
      return frozen
    })
  }

  /**
   * Lets a referral count again. Audited; doing it again does nothing.
   *
   * @throws {@link ReferralNotFound}
   */
  async unfreeze(referralId: string, by: ByHand): Promise<Referral> {
    return this.#scope.transaction(async (tx) => {
      const found = await lock(tx, referralId)
      if (found.frozenAt === null) return found
      const at = tx.clock.now()
      const counting = await tx.repos.referrals.update(referralId, {
        frozenAt: null,
        updatedAt: at,
      })
      await audit(tx, 'referral.unfrozen', referralId, by)
      await tx.repos.outbox.add(referralUnfrozen.create(factsOf(counting, at)))
      await recount(tx, counting.inviterEntryId)
      return counting
    })
  }

  /**
   * Takes a referral back with what its inviter has no longer the referrals for, once: doing it again
   * gives what was done. Audited. Emits `referral.clawed_back`.
   *
   * @throws {@link ReferralNotFound}
   * @throws {@link ReferralStateConflict} while nobody has come of it
   */
  clawBack(referralId: string, by: ByHand): Promise<Referral> {
    return this.#scope.transaction((tx) => this.#clawBack(tx, referralId, 'administrator', by))
  }

  /** One page of those whom somebody brought or named, the newest first. */
  list(inviterEntryId: string, request: PageRequest = {}): Promise<Page<Referral>> {
    return this.#scope.repos.referrals.listByInviter(inviterEntryId, request)
  }

  /** How many somebody brought, whatever came of it. */
  async countBrought(inviterEntryId: string): Promise<number> {
    const branches = await this.#scope.repos.referrals.branchesOf([inviterEntryId])
    return branches.get(inviterEntryId)?.brought ?? 0
  }

  /** Those who have brought the most, up to 100. */
  leaderboard(limit = 10): Promise<Leader[]> {
    return this.#scope.repos.referrals.leaders(Math.min(limit, LEADERS_MAX))
  }

  /** The place of somebody on the leaderboard; null for who has brought nobody that counts. */
  rankOf(entryId: string): Promise<number | null> {
    return this.#scope.repos.referrals.rankOf(entryId)
  }

  /** One page of those whom somebody brought, or of those whose inviters nobody brought. */
  async tree(rootEntryId?: string, request: PageRequest = {}): Promise<Page<TreeNode>> {
    const { referrals } = this.#scope.repos
    const { items, nextCursor } =
      rootEntryId === undefined
        ? await referrals.listRoots(request)
        : await referrals.listByInviter(rootEntryId, request)
    const branches = await referrals.branchesOf(items.flatMap((item) => item.inviteeEntryId ?? []))
    const nodes = items.map((referral) => {
      const branch = branches.get(referral.inviteeEntryId ?? '')
      return { referral, brought: branch?.brought ?? 0, qualified: branch?.qualified ?? 0 }
    })
    return { items: nodes, nextCursor }
  }

  async #clawBack(
    tx: ReferralsScope,
    referralId: string,
    by: 'refund' | 'administrator',
    why: ByHand,
  ): Promise<Referral> {
    const found = await lock(tx, referralId)
    if (found.status === 'clawed_back') return found
    const status = afterStep(found.status, 'claw_back')
    if (!status) {
      const wanted = 'clawed back'
      throw new ReferralStateConflict({ referralId, status: found.status, wanted })
    }
    const at = tx.clock.now()
    const changes = { status, nextCheckAt: null, updatedAt: at }
    const written = await tx.repos.referrals.update(referralId, changes)
    await audit(tx, 'referral.clawed_back', referralId, why)
    const facts = factsOf(written, at)
    await tx.repos.outbox.add(
      referralClawedBack.create({ ...facts, payload: { ...facts.payload, by } }),
    )
    await recount(tx, written.inviterEntryId)
    await tx.rewards.clawBack(written.inviterEntryId, why)
    return written
  }
}

async function lock(tx: ReferralsScope, referralId: string): Promise<Referral> {
  const [found] = await tx.repos.referrals.getByIdsWithLock([referralId])
  if (!found) throw new ReferralNotFound({ referralId })
  return found
}

async function audit(
  { repos, clock }: ReferralsScope,
  action: string,
  referralId: string,
  { actor, reason }: ByHand,
): Promise<void> {
  const subject = `referral:${referralId}`
  await repos.audit.insert({ actor, action, subject, facts: { reason }, createdAt: clock.now() })
}
