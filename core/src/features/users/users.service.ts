import { addMs, assert, type Clock, newId } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import type { OutboxRepository } from '../../platform/outbox/index.ts'
import { verifyInitData } from './init-data.ts'
import {
  isSessionExpired,
  isSessionToken,
  newSessionToken,
  SESSION_TOUCH_INTERVAL_MS,
  SESSIONS_PER_USER_MAX,
  type Session,
  type Surface,
  sessionExpiry,
  shouldTouchSession,
} from './session.ts'
import type { SessionsRepository } from './sessions.repository.ts'
import {
  changedFields,
  checkTimeZone,
  hashDeviceKey,
  hashSecret,
  type Profile,
  type ProfileChanges,
  type TelegramUser,
  type User,
} from './user.ts'
import {
  ProfileKeptByTelegram,
  SessionExpired,
  SessionUnknown,
  TelegramLoginUnavailable,
} from './users.errors.ts'
import { userCreated } from './users.events.ts'
import type { UsersRepository } from './users.repository.ts'

/** How people prove who they are. */
export interface IdentitySettings {
  /** Token of the bot that opens the Mini App; without it only guests can log in. */
  readonly botToken?: string | undefined
  /** Oldest init data that logs somebody in. [86 400] */
  readonly initDataMaxAgeSeconds?: number | undefined
}

/** All that the users service may touch. */
export interface UsersScope extends Transactional<UsersScope> {
  readonly clock: Clock
  readonly identity: IdentitySettings
  readonly repos: {
    readonly users: UsersRepository
    readonly sessions: SessionsRepository
    readonly outbox: OutboxRepository
  }
  /** Itself, so that an app's override is used by the other use cases too. */
  readonly users: Pick<UsersService, 'getOrCreateFromTelegram'>
}

/** A fresh login; the token is shown this once. */
export interface Login {
  readonly token: string
  readonly user: User
  readonly session: Session
}

/** Who is behind a session token. */
export interface Authenticated {
  readonly user: User
  readonly session: Session
}

type Identity = { readonly telegramId: bigint } | { readonly deviceKeyHash: string }

const NO_PROFILE: Profile = { username: null, firstName: null, lastName: null, languageCode: null }

/** People and their logins. */
export class UsersService {
  readonly #scope: UsersScope

  constructor(scope: UsersScope) {
    this.#scope = scope
  }

  /**
   * Finds the person behind a Telegram identity, or writes them down on first sight.
   *
   * Their profile is written only when Telegram says something new. Emits `user.created` once,
   * however many first updates arrive at the same time.
   *
   * @example
   * const user = await services.users.getOrCreateFromTelegram(telegramUserSchema.parse(ctx.from))
   */
  async getOrCreateFromTelegram(telegramUser: TelegramUser): Promise<User> {
    return this.#scope.transaction(async (tx) => {
      const telegramId = telegramUser.id
      const known =
        (await tx.repos.users.findByTelegramId(telegramId)) ??
        (await create(tx, { telegramId }, telegramUser))
      const user = known ?? (await tx.repos.users.findByTelegramId(telegramId))
      assert(user, 'A Telegram identity that is taken has a user')
      const changes = changedFields(user, telegramUser)
      if (Object.keys(changes).length === 0) return user
      return tx.repos.users.update(user.id, { ...changes, updatedAt: tx.clock.now() })
    })
  }

  /**
   * Logs in who opened the Mini App.
   *
   * @throws {@link InitDataInvalid} when the init data proves nothing
   * @throws {@link TelegramLoginUnavailable} when no bot token is configured
   */
  async loginWithTelegram(initData: string): Promise<Login> {
    const { botToken, initDataMaxAgeSeconds = 86_400 } = this.#scope.identity
    if (!botToken) throw new TelegramLoginUnavailable()
    const verified = verifyInitData(initData, {
      botToken,
      now: this.#scope.clock.now(),
      maxAgeSeconds: initDataMaxAgeSeconds,
    })
    return this.#scope.transaction(async (tx) => {
      const user = await tx.users.getOrCreateFromTelegram(verified.user)
      return openSession(tx, user, 'telegram')
    })
  }

  /**
   * Logs in the guest of a device: one person for each device key, made on first sight.
   *
   * @throws {@link DeviceKeyInvalid} when the key could be guessed
   */
  async loginAsGuest(deviceKey: string): Promise<Login> {
    const deviceKeyHash = hashDeviceKey(deviceKey)
    return this.#scope.transaction(async (tx) => {
      const user =
        (await tx.repos.users.findByDeviceKeyHash(deviceKeyHash)) ??
        (await create(tx, { deviceKeyHash }, NO_PROFILE)) ??
        (await tx.repos.users.findByDeviceKeyHash(deviceKeyHash))
      assert(user, 'A device key that is taken has a user')
      return openSession(tx, user, 'web')
    })
  }

  /**
   * Finds who is behind a session token, and keeps the session alive.
   *
   * Writes at most once an hour for each session; all other calls are one read.
   *
   * @throws {@link SessionUnknown}
   * @throws {@link SessionExpired}
   */
  async authenticate(token: string): Promise<Authenticated> {
    const found = isSessionToken(token)
      ? await this.#scope.repos.sessions.findWithUser(hashSecret(token))
      : undefined
    if (!found) throw new SessionUnknown()
    const now = this.#scope.clock.now()
    if (isSessionExpired(found.session, now)) {
      throw new SessionExpired({ expiredAt: found.session.expiresAt.toISOString() })
    }
    if (!shouldTouchSession(found.session, now)) return found
    const expiresAt = sessionExpiry(now)
    await this.#scope.repos.sessions.touch(found.session.id, {
      notSince: addMs(now, -SESSION_TOUCH_INTERVAL_MS),
      at: now,
      expiresAt,
    })
    return { user: found.user, session: { ...found.session, lastSeenAt: now, expiresAt } }
  }

  /** Ends a login; a token that opens none is no failure. */
  async logout(token: string): Promise<void> {
    await this.#scope.repos.sessions.removeByTokenHash(hashSecret(token))
  }

  /**
   * Reads a person.
   *
   * @throws {@link NotFound}
   */
  async getById(id: string): Promise<User> {
    return this.#scope.repos.users.getById(id)
  }

  /**
   * Changes what a person may say about themselves.
   *
   * @throws {@link ProfileKeptByTelegram} for a name or language that Telegram provides
   * @throws {@link InvalidValue} for an unknown time zone
   * @throws {@link NotFound}
   */
  async updateProfile(id: string, changes: ProfileChanges): Promise<User> {
    if (changes.timeZone !== undefined) checkTimeZone(changes.timeZone)
    return this.#scope.transaction(async (tx) => {
      const user = await tx.repos.users.getByIdWithLock(id)
      const kept = (['firstName', 'lastName', 'languageCode'] as const).find(
        (field) => changes[field] !== undefined && changes[field] !== user[field],
      )
      if (kept && user.telegramId !== null) throw new ProfileKeptByTelegram({ field: kept })
      const { firstName, lastName, languageCode, language, timeZone } = changes
      const isSame =
        !kept &&
        (timeZone ?? user.timeZone) === user.timeZone &&
        (language === undefined || language === user.language)
      if (isSame) return user
      return tx.repos.users.update(id, {
        ...(firstName === undefined ? {} : { firstName }),
        ...(lastName === undefined ? {} : { lastName }),
        ...(languageCode === undefined ? {} : { languageCode }),
        ...(language === undefined ? {} : { language }),
        ...(timeZone === undefined ? {} : { timeZone }),
        updatedAt: tx.clock.now(),
      })
    })
  }
}

/** Writes a new person and says so; undefined when somebody else was first. */
async function create(
  tx: UsersScope,
  identity: Identity,
  profile: Profile,
): Promise<User | undefined> {
  const now = tx.clock.now()
  const { username, firstName, lastName, languageCode } = profile
  const kind = 'telegramId' in identity ? 'registered' : 'guest'
  const user = await tx.repos.users.insertNew({
    id: newId(),
    kind,
    ...identity,
    username,
    firstName,
    lastName,
    languageCode,
    createdAt: now,
    updatedAt: now,
  })
  if (!user) return undefined
  await tx.repos.outbox.add(
    userCreated.create({
      occurredAt: now,
      subjectId: user.id,
      userId: user.id,
      payload: { userId: user.id, kind },
    }),
  )
  return user
}

async function openSession(tx: UsersScope, user: User, surface: Surface): Promise<Login> {
  const now = tx.clock.now()
  const token = newSessionToken()
  const session = await tx.repos.sessions.insert({
    id: newId(),
    userId: user.id,
    tokenHash: hashSecret(token),
    surface,
    createdAt: now,
    lastSeenAt: now,
    expiresAt: sessionExpiry(now),
  })
  await tx.repos.sessions.removeSurplus(user.id, SESSIONS_PER_USER_MAX, now)
  return { token, user, session }
}
