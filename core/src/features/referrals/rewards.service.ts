import { addMs, assert, DAY_MS, deriveId, newId } from '../../kernel/index.ts'
import type { Entry } from '../waitlist/index.ts'
import { floorOf, referralFloors, referralQuality } from './referral-quality.ts'
import { rewardClawedBack, rewardGranted } from './referrals.events.ts'
import { givePremium } from './referrals.jobs.ts'
import type { RewardsScope } from './referrals.scope.ts'
import { earnedRewards, givableTiers, referralTiers } from './reward-tiers.ts'
import type { Earnings, Rewarding, Standing } from './rewarding.ts'
import type { Reward } from './rewards.repository.ts'

/** The ledger's unit of codes that were earned and not minted yet; below 0 it is what is owed. */
export const INVITE_CODES = 'invite_codes'

const CODE_TTL_MS = 30 * DAY_MS
/** Most codes that one call mints, and that are shown. */
const CODES_MAX = 100

/** What referrals are rewarded with: codes by the ledger, premium by gifts; each reward once. */
export class RewardsService implements Rewarding {
  readonly #scope: RewardsScope

  constructor(scope: RewardsScope) {
    this.#scope = scope
  }

  /** How the referrals of somebody stand now. */
  async standing(entryId: string): Promise<Standing> {
    const { repos, settings, clock, rewardSettings } = this.#scope
    const signUps = await repos.referrals.listSignUps(entryId)
    const quality = referralQuality(signUps, clock.now())
    const { value: floors } = await settings.get(referralFloors)
    const { value: tiers } = await settings.get(referralTiers)
    return {
      qualified: await repos.referrals.countQualified(entryId),
      signUps: signUps.length,
      quality,
      floor: floorOf(quality, signUps.length, floors),
      tiers: givableTiers(tiers, rewardSettings.premiumProductId !== undefined),
    }
  }

  /** What somebody was given and has still, and their codes. */
  async earnings(entryId: string): Promise<Earnings> {
    const { repos, balance } = this.#scope
    const { userId } = await repos.waitlistEntries.getById(entryId)
    return {
      rewards: await repos.rewards.listLive(entryId),
      codes: await repos.rewards.listCodes(entryId, CODES_MAX),
      unminted: userId === null ? 0n : await balance.get(userId, INVITE_CODES),
    }
  }

  /**
   * Gives somebody who was let in what their referrals are worth by now, each reward once; nothing
   * while the quality of the referrals is below the floor. Emits `reward.granted`.
   *
   * @example
   * await tx.rewards.grantDue(inviterEntryId)
   */
  async grantDue(entryId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      await tx.repos.referrals.lockInviter(entryId)
      const entry = await tx.repos.waitlistEntries.getById(entryId)
      if (!hasAccount(entry) || !(await isPresent(tx, entry.userId))) return
      const { qualified, quality, floor, tiers } = await tx.rewards.standing(entryId)
      if (floor === 'paused' || floor === 'review') return
      for (const terms of earnedRewards(tiers, qualified, quality)) {
        const createdAt = tx.clock.now()
        const fresh = { ...terms, id: newId(), entryId, createdAt }
        const reward = await tx.repos.rewards.insertNew(fresh)
        if (reward) await give(tx, reward, entry.userId)
      }
    })
  }

  /**
   * Gives what is due and mints the codes that were not minted yet: each opens the door to one person
   * for 30 days. While the growth gate is closed nothing is minted, and what is due stays due. A
   * second call finds nothing to mint and gives the same codes.
   */
  async earn(entryId: string): Promise<Earnings> {
    return this.#scope.transaction(async (tx) => {
      await tx.rewards.grantDue(entryId)
      // Also where nothing was due: of two who mint at once the second finds nothing to mint.
      await tx.repos.referrals.lockInviter(entryId)
      const entry = await tx.repos.waitlistEntries.getById(entryId)
      if (hasAccount(entry) && (await tx.quality.gate()).isIssuingAllowed) await mint(tx, entry)
      return tx.rewards.earnings(entryId)
    })
  }

  /**
   * Takes back what somebody has no longer the referrals for, each reward once: codes that were not
   * minted or not used, and what is left of premium. What was used is owed: the next reward pays it.
   *
   * Emits `reward.clawed_back`.
   */
  async clawBack(
    entryId: string,
    by: { readonly actor: string; readonly reason: string },
  ): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      await tx.repos.referrals.lockInviter(entryId)
      const qualified = await tx.repos.referrals.countQualified(entryId)
      const at = tx.clock.now()
      const taken = await tx.repos.rewards.clawBackAbove(entryId, qualified, at)
      if (taken.length === 0) return
      const { userId } = await tx.repos.waitlistEntries.getById(entryId)
      assert(userId, 'Only who has an account was given anything')
      for (const reward of taken) await take(tx, reward, by)
      await revokeUnused(tx, { entryId, userId, ...by })
    })
  }

  /** Puts a code back that expired without being used: it can be minted again. */
  async returnExpired(invitationId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      const entryId = await tx.repos.rewards.findOwner(invitationId)
      if (entryId === undefined) return
      const { userId } = await tx.repos.waitlistEntries.getById(entryId)
      if (userId !== null) await putBack(tx, invitationId, userId)
    })
  }

  /** Gives the premium of a reward, unless it was taken back meanwhile; doing it again gives nothing. */
  async givePremium(rewardId: string): Promise<void> {
    const { premiumProductId: productId } = this.#scope.rewardSettings
    assert(productId, 'Premium is granted by an app that has it')
    await this.#scope.transaction(async (tx) => {
      const reward = await tx.repos.rewards.getByIdWithLock(rewardId)
      if (reward.clawedBackAt || reward.premiumGivenAt) return
      const { userId } = await tx.repos.waitlistEntries.getById(reward.entryId)
      if (userId === null || !(await isPresent(tx, userId))) return
      const { premiumMonths: periods, tier } = reward
      await tx.subscriptions.gift({
        ...{ id: giftOf(rewardId), userId, productId, periods },
        ...{ actor: 'referrals', note: tier },
      })
      await tx.repos.rewards.update(rewardId, { premiumGivenAt: tx.clock.now() })
    })
  }
}

type Account = Entry & { readonly userId: string }

function hasAccount(entry: Entry): entry is Account {
  return entry.status === 'admitted' && entry.userId !== null
}

/** Who has been erased is nobody to give anything to. */
async function isPresent({ repos }: RewardsScope, userId: string): Promise<boolean> {
  const [user] = await repos.users.getByIds([userId])
  return user?.departedAt === null
}

async function give(tx: RewardsScope, reward: Reward, userId: string): Promise<void> {
  const { id, entryId, tier, codes, premiumMonths } = reward
  if (codes > 0) {
    await tx.balance.credit({
      ...{ id: transferOf(id), userId, unit: INVITE_CODES, amount: BigInt(codes) },
      ...{ reason: 'reward.granted', reference: id },
    })
  }
  if (premiumMonths > 0) await tx.repos.jobs.enqueue(givePremium, { rewardId: id })
  await tx.repos.outbox.add(
    rewardGranted.create({
      occurredAt: tx.clock.now(),
      subjectId: entryId,
      userId,
      payload: { rewardId: id, entryId, tier, codes, premiumMonths },
    }),
  )
}

async function mint(tx: RewardsScope, { id: entryId, userId }: Account): Promise<void> {
  const unminted = await tx.balance.get(userId, INVITE_CODES)
  const count = Number(unminted > BigInt(CODES_MAX) ? BigInt(CODES_MAX) : unminted)
  if (count <= 0) return
  const now = tx.clock.now()
  const expiresAt = addMs(now, CODE_TTL_MS)
  const { batchId } = await tx.admissions.mint({ inviterEntryId: entryId, count, expiresAt })
  const { items } = await tx.invites.list({ batchId }, { limit: CODES_MAX })
  const ids = items.map(({ id }) => id)
  await tx.repos.rewards.insertCodes(entryId, ids, now)
  await tx.balance.debit({
    ...{ id: batchId, userId, unit: INVITE_CODES, amount: BigInt(count) },
    ...{ reason: 'reward.minted', reference: batchId },
  })
}

async function take(
  tx: RewardsScope,
  { id, entryId, tier, codes, premiumMonths, premiumGivenAt }: Reward,
  { actor, reason }: { readonly actor: string; readonly reason: string },
): Promise<void> {
  if (codes > 0) {
    // The one movement that may go below 0: what was used already is owed.
    const transferId = transferOf(id)
    const why = { reason: 'reward.clawed_back', reference: id }
    await tx.balance.reverse({ id: deriveId(id, 'clawed_back'), transferId, ...why })
  }
  if (premiumGivenAt) await tx.subscriptions.takeBackGift({ giftId: giftOf(id), actor, reason })
  await tx.repos.outbox.add(
    rewardClawedBack.create({
      occurredAt: tx.clock.now(),
      subjectId: entryId,
      payload: { rewardId: id, entryId, tier, codes, premiumMonths },
    }),
  )
}

/** Revokes as many unused codes as somebody owes; one that is used in this moment stays owed. */
async function revokeUnused(
  tx: RewardsScope,
  who: {
    readonly entryId: string
    readonly userId: string
    readonly actor: string
    readonly reason: string
  },
): Promise<void> {
  const { entryId, userId, actor: by, reason } = who
  const codes = await tx.repos.rewards.listCodes(entryId, CODES_MAX)
  let owed = -(await tx.balance.get(userId, INVITE_CODES))
  for (const { invitationId: id, status } of codes) {
    if (owed <= 0n) return
    if (status !== 'active') continue
    const revoked = await tx.invites.revoke({ id, by, reason })
    if (revoked.status !== 'revoked') continue
    await putBack(tx, id, userId)
    owed -= 1n
  }
}

/** Gives one code back to the ledger, once for each code whatever becomes of it. */
async function putBack(tx: RewardsScope, invitationId: string, userId: string): Promise<void> {
  await tx.balance.credit({
    ...{ id: deriveId(invitationId, 'put_back'), userId, unit: INVITE_CODES, amount: 1n },
    ...{ reason: 'reward.put_back', reference: invitationId },
  })
}

const transferOf = (rewardId: string): string => deriveId(rewardId, 'codes')
const giftOf = (rewardId: string): string => deriveId(rewardId, 'premium')
