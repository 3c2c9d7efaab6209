import { addMs, type Clock, DAY_MS, hashSecret, isAppError } from '../../../kernel/index.ts'
import { assertNoTransaction, type Transactional } from '../../../platform/database/index.ts'
import { admit, type Limiter } from '../../../platform/limits/index.ts'
import type { OutboxRepository } from '../../../platform/outbox/index.ts'
import type { BoundPersonPart, PersonFacts } from '../../../platform/people/index.ts'
import type { IdentitySettings } from '../identity.ts'
import type { RolesService } from '../roles/roles.service.ts'
import { newSessionToken } from '../sessions/session.ts'
import type { SessionsService } from '../sessions/sessions.service.ts'
import type { TelegramUser, User } from '../user.ts'
import { TelegramTaken } from '../users.errors.ts'
import type { UsersRepository } from '../users.repository.ts'
import type { UsersService } from '../users.service.ts'
import { ErasureBlocked, ExportGone, GuestUnknown, IdentityTaken } from './accounts.errors.ts'
import { userErased, userMerged } from './accounts.events.ts'
import { archiveOf } from './archive.ts'
import { nextRound } from './departure.ts'
import type { DeparturesRepository } from './departures.repository.ts'
import type { ExportsRepository } from './exports.repository.ts'

/** All that the accounts service may touch. */
export interface AccountsScope extends Transactional<AccountsScope> {
  readonly clock: Clock
  /** What each feature knows of people, bound to this scope's transaction. */
  readonly people: readonly BoundPersonPart[]
  readonly sessions: Pick<SessionsService, 'authenticate'>
  readonly identity: Pick<IdentitySettings, 'ownerTelegramIds'>
  readonly roles: Pick<RolesService, 'syncOwners'>
  /** Itself, so that an app's override is used by the other use cases too. */
  readonly accounts: Pick<AccountsService, 'merge' | 'giveTelegram'>
  readonly users: Pick<UsersService, 'registerGuest'>
  readonly limiter: Limiter
  readonly repos: {
    readonly users: UsersRepository
    readonly departures: DeparturesRepository
    readonly exports: ExportsRepository
    readonly outbox: OutboxRepository
  }
}

const EXPORT_TTL_MS = 10 * 60_000

const EXPORT_RATE = { limit: 10, perMs: DAY_MS }

const BATCH = 20

const RETRY_MS = 60 * 60_000

/** A person as a whole: joined with the guest they were, given their data, forgotten. */
export class AccountsService {
  readonly #scope: AccountsScope

  constructor(scope: AccountsScope) {
    this.#scope = scope
  }

  /**
   * Makes a registered user's all that was a guest's, in one transaction; the guest's logins end and
   * its device begins anew. Merging the same two again does nothing. Emits `user.merged`.
   *
   * Locks both users in id order before anything else, so nobody can write a row that names one of
   * them meanwhile; what lands on the guest later is moved by {@link sweep}.
   *
   * @throws {@link IdentityTaken} unless a guest is merged into somebody registered
   * @throws {@link NotFound}
   * @example
   * await services.accounts.merge(guest.id, user.id)
   */
  async merge(guestId: string, userId: string): Promise<'merged' | 'already_merged'> {
    return this.#scope.transaction(async (tx) => {
      await tx.repos.users.getByIdsWithLock([guestId, userId])
      const departure = await tx.repos.departures.find(guestId)
      if (departure?.successorId === userId) return 'already_merged'
      const guest = await tx.repos.users.getById(guestId)
      const user = await tx.repos.users.getById(userId)
      const isGuest = guest.kind === 'guest' && !guest.departedAt
      if (!isGuest || user.kind !== 'registered' || user.departedAt) throw new IdentityTaken()
      const departedAt = tx.clock.now()
      for (const part of tx.people) await part.merge({ guestId, userId, round: 0 })
      await tx.repos.departures.insert({
        userId: guestId,
        successorId: userId,
        departedAt,
        rounds: 1,
        nextRoundAt: nextRound(1, departedAt, false),
      })
      await tx.repos.outbox.add(
        userMerged.create({
          occurredAt: departedAt,
          subjectId: guestId,
          userId,
          payload: { guestId, userId },
        }),
      )
      return 'merged'
    })
  }

  /**
   * Writes all that is kept of a person into a zip archive: one readable JSON file for each part of
   * the kit, and a README in their language. Secrets such as hashes of tokens are left out.
   *
   * @throws {@link NotFound}
   */
  async export(userId: string): Promise<Uint8Array> {
    return this.#scope.transaction(async (tx) => {
      const user = await tx.repos.users.getById(userId)
      const files: [string, unknown][] = []
      const guestIds = await tx.repos.departures.listMergedInto(userId)
      for (const part of tx.people) {
        const facts = await part.export(userId)
        // What stayed under the ids that somebody had as a guest, such as their transfers.
        const asGuest: PersonFacts[] = []
        for (const guestId of guestIds) asGuest.push(await part.export(guestId))
        files.push([part.name, guestIds.length > 0 ? { ...facts, asGuest } : facts])
      }
      return archiveOf(files, { reader: user, madeAt: tx.clock.now() })
    })
  }

  /**
   * Forgets a person: renewals end, here and at the provider, then everything that tells who they are
   * is removed in one transaction. Money, the ledger and the audit keep their id, which names nobody
   * any more. Erasing twice does nothing. Emits `user.erased`.
   *
   * Must not be called inside a transaction, as providers are called.
   *
   * @throws {@link ErasureBlocked} while money is under way, with all reasons
   * @throws {@link ProviderUnavailable} when a provider could not be told to stop renewals
   * @throws {@link NotFound}
   */
  async erase(userId: string): Promise<void> {
    assertNoTransaction('accounts.erase')
    await checkErasable(this.#scope, userId, { isLast: false })
    for (const part of this.#scope.people) await part.beforeErasure(userId)
    await this.#scope.transaction(async (tx) => {
      const user = await tx.repos.users.getByIdWithLock(userId)
      if (user.departedAt) return
      await checkErasable(tx, userId, { isLast: true })
      const departedAt = tx.clock.now()
      const ids = [...(await tx.repos.departures.listMergedInto(userId)), userId]
      for (const part of tx.people) for (const id of ids) await part.erase(id)
      await tx.repos.departures.insert({
        userId,
        successorId: null,
        departedAt,
        rounds: 1,
        nextRoundAt: nextRound(1, departedAt, false),
      })
      await tx.repos.outbox.add(
        userErased.create({ occurredAt: departedAt, subjectId: userId, payload: { userId } }),
      )
    })
  }

  /**
   * Makes a proven Telegram identity that of a guest, and gives whose account it is from then on: the
   * guest becomes registered, or is merged into who has had the identity before. Their logins end.
   *
   * @throws {@link IdentityTaken} when they are no guest
   */
  async connectTelegram(guestId: string, identity: TelegramUser): Promise<User> {
    return this.#scope.transaction(async (tx) => {
      await tx.repos.users.lockTelegramId(identity.id)
      const known = await tx.repos.users.findByTelegramId(identity.id)
      if (known) {
        if (known.id !== guestId) await tx.accounts.merge(guestId, known.id)
        return known
      }
      const guest = await tx.repos.users.getByIdWithLock(guestId)
      if (guest.kind !== 'guest' || guest.departedAt) throw new IdentityTaken()
      return tx.accounts.giveTelegram(guestId, identity)
    })
  }

  /**
   * Gives somebody who has none a proven Telegram identity that nobody has; a guest becomes
   * registered, as {@link UsersService.registerGuest} says. Repeating it does nothing.
   *
   * @throws {@link TelegramTaken}
   * @throws {@link NotFound}
   */
  async giveTelegram(
    userId: string,
    { id: telegramId, ...profile }: TelegramUser,
    keptSessionId: string | null = null,
  ): Promise<User> {
    return this.#scope.transaction(async (tx) => {
      await tx.repos.users.lockTelegramId(telegramId)
      const user = await tx.repos.users.getByIdWithLock(userId)
      if (user.telegramId === telegramId) return user
      const isTaken = (await tx.repos.users.findByTelegramId(telegramId)) !== undefined
      if (isTaken || user.telegramId !== null || user.departedAt) throw new TelegramTaken()
      await tx.repos.users.update(userId, { telegramId, ...profile, updatedAt: tx.clock.now() })
      await tx.users.registerGuest(userId, keptSessionId)
      if (tx.identity.ownerTelegramIds?.includes(telegramId)) await tx.roles.syncOwners()
      return tx.repos.users.getById(userId)
    })
  }

  /**
   * Merges the guest of a login into a registered user, as {@link merge} does: the token proves that
   * who asks is the guest too.
   *
   * @throws {@link GuestUnknown} {@link IdentityTaken}
   */
  async mergeByToken(guestToken: string, userId: string): Promise<void> {
    const { user: guest } = await this.#scope.sessions
      .authenticate(guestToken)
      .catch((error: unknown) => {
        const isUnknown = isAppError(error) && error.kind === 'unauthenticated'
        throw isUnknown ? new GuestUnknown() : error
      })
    await this.merge(guest.id, userId)
  }

  /**
   * Makes a link by which a person gets their {@link export} without a login, for ten minutes; the
   * one before ends. Ten a day.
   *
   * @throws {@link TooManyTries}
   */
  async openExport(userId: string): Promise<{ readonly token: string; readonly expiresAt: Date }> {
    await admit(this.#scope.limiter, 'accounts.export', userId, EXPORT_RATE)
    const token = newSessionToken()
    const expiresAt = addMs(this.#scope.clock.now(), EXPORT_TTL_MS)
    await this.#scope.transaction((tx) =>
      tx.repos.exports.replace({ tokenHash: hashSecret(token), userId, expiresAt }),
    )
    return { token, expiresAt }
  }

  /**
   * Gives the archive behind a link.
   *
   * @throws {@link ExportGone}
   */
  async readExport(token: string): Promise<Uint8Array> {
    const { repos, clock } = this.#scope
    const userId = await repos.exports.findUserId(hashSecret(token), clock.now())
    if (!userId) throw new ExportGone()
    return this.export(userId)
  }

  /**
   * Moves what landed on merged guests since, and empties what landed on erased people, up to 20 of
   * them; gives their number. One that fails is tried again an hour later, and holds up nobody.
   */
  async sweep(): Promise<number> {
    const due = await this.#scope.repos.departures.listDue(this.#scope.clock.now(), BATCH)
    const failures: unknown[] = []
    for (const { userId, successorId } of due) {
      await this.#sweepOne(userId, successorId).catch(async (error: unknown) => {
        failures.push(error)
        const now = this.#scope.clock.now()
        await this.#scope.repos.departures.putOff(userId, { now, until: addMs(now, RETRY_MS) })
      })
    }
    if (failures.length > 0) throw failures[0]
    return due.length
  }

  async #sweepOne(userId: string, successorId: string | null): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      await tx.repos.users.getByIdsWithLock(successorId ? [userId, successorId] : [userId])
      const now = tx.clock.now()
      const departure = await tx.repos.departures.find(userId)
      // Somebody else was faster.
      if (!departure?.nextRoundAt || departure.nextRoundAt > now) return
      const { rounds } = departure
      let isWaiting = false
      for (const part of tx.people) {
        if (successorId) {
          await part.merge({ guestId: userId, userId: successorId, round: rounds })
          isWaiting = (await part.isWaiting(userId)) || isWaiting
        } else await part.erase(userId)
      }
      const nextRoundAt = nextRound(rounds + 1, now, isWaiting)
      await tx.repos.departures.update(userId, { rounds: rounds + 1, nextRoundAt })
    })
  }
}

async function checkErasable(
  { people }: AccountsScope,
  userId: string,
  asked: { readonly isLast: boolean },
): Promise<void> {
  const reasons: string[] = []
  for (const part of people) reasons.push(...(await part.erasureObstacles(userId, asked)))
  if (reasons.length > 0) throw new ErasureBlocked(reasons)
}
