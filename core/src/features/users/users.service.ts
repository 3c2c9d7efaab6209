import { addMs, assert, type Clock, hashSecret, newId } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import type { OutboxRepository } from '../../platform/outbox/index.ts'
import type { IdentitySettings } from './identity.ts'
import { type InitData, verifyInitData, verifyInitDataSignature } from './init-data.ts'
import { verifyLoginWidget } from './login-widget.ts'
import type { OpenedInitDataRepository } from './opened-init-data/opened-init-data.repository.ts'
import type { RolesService } from './roles/roles.service.ts'
import { sessionLabel } from './sessions/session.ts'
import type { Login, SessionsService } from './sessions/sessions.service.ts'
import {
  changedFields,
  checkTimeZone,
  hashDeviceKey,
  type Profile,
  type ProfileChanges,
  type TelegramUser,
  type User,
} from './user.ts'
import {
  InitDataInvalid,
  LoginWidgetInvalid,
  ProfileKeptByTelegram,
  TelegramLoginUnavailable,
} from './users.errors.ts'
import { userCreated, userRegistered } from './users.events.ts'
import type { UsersRepository } from './users.repository.ts'

/** All that the users service may touch. */
export interface UsersScope extends Transactional<UsersScope> {
  readonly clock: Clock
  readonly identity: IdentitySettings
  readonly repos: {
    readonly users: UsersRepository
    readonly openedInitData: OpenedInitDataRepository
    readonly outbox: OutboxRepository
  }
  /** Itself, so that an app's override is used by the other use cases too. */
  readonly users: Pick<UsersService, 'getOrCreateFromTelegram'>
  readonly sessions: Pick<SessionsService, 'open' | 'find' | 'revokeAll'>
  readonly roles: Pick<RolesService, 'syncOwners'>
  readonly accounts: {
    connectTelegram(guestId: string, identity: TelegramUser): Promise<User>
  }
}

/** What a client says about itself when it logs in. */
export interface LoginClient {
  /** Its `User-Agent`; only a rough label of it is kept. */
  readonly userAgent?: string | undefined
  /** Its network; kept as a hash, and the last one only, of people with an address. */
  readonly network?: string | undefined
  /** The token of the login that it had before. */
  readonly sessionToken?: string | undefined
  /** Random text that the device made up and keeps. */
  readonly deviceKey?: string | undefined
}

/** Somebody who has proved an address and has no account yet. */
export interface NewEmailUser {
  /** In small letters. */
  readonly email: string
  readonly languageCode: string | null
  /** Id of the invitation that they have used in this transaction, where one lets them in. */
  readonly admittedBy?: string
}

/** By what a person is found; somebody with an address has a row for it instead. */
type Identity =
  | { readonly telegramId: bigint }
  | { readonly deviceKeyHash: string }
  | Readonly<Record<string, never>>

const NO_PROFILE: Profile = { username: null, firstName: null, lastName: null, languageCode: null }

/** Oldest init data that logs somebody in, unless configured. */
const INIT_DATA_MAX_AGE_SECONDS = 86_400

/** Oldest init data that continues a live login: clients hand out what they have cached. */
const INIT_DATA_CONTINUES_SECONDS = 30 * 86_400

/** People: how they prove who they are, and what is known about them. */
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
      const known = await tx.repos.users.findByTelegramId(telegramId)
      if (!known) await tx.repos.users.lockTelegramId(telegramId)
      const created = known ? undefined : await create(tx, { telegramId }, telegramUser)
      // An owner who is configured before their first visit.
      if (created && tx.identity.ownerTelegramIds?.includes(telegramId)) await tx.roles.syncOwners()
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
   * Init data opens one login. Whoever got hold of it later, or of data that is too old, gets none:
   * it only continues a live login of the same person, whose token must come along. The device that
   * sent it first may send it again, when it sends its key each time: its answer may have been lost.
   *
   * With the token of a guest's login the guest becomes this person: nothing of theirs is lost.
   *
   * @throws {@link InitDataInvalid} when the init data proves nothing, is too old, or was used
   * @throws {@link DeviceKeyInvalid} when the device key could be guessed
   * @throws {@link TelegramLoginUnavailable} when neither bot token nor signer is configured
   */
  async loginWithTelegram(initData: string, client: LoginClient = {}): Promise<Login> {
    const { clock, identity } = this.#scope
    const verified = verify(initData, identity, clock.now())
    const { fingerprint } = verified
    const { deviceKey } = client
    const repeatHash =
      deviceKey === undefined ? null : hashSecret(`${fingerprint}:${hashDeviceKey(deviceKey)}`)
    const maxAgeSeconds = identity.initDataMaxAgeSeconds ?? INIT_DATA_MAX_AGE_SECONDS
    const expiresAt = addMs(verified.authDate, maxAgeSeconds * 1_000)
    const isFresh = clock.now() < expiresAt
    return this.#scope.transaction(async (tx) => {
      if (isFresh && (await tx.repos.openedInitData.take({ fingerprint, repeatHash, expiresAt }))) {
        const before = client.sessionToken ? await tx.sessions.find(client.sessionToken) : undefined
        const user =
          before?.user.kind === 'guest'
            ? await tx.accounts.connectTelegram(before.user.id, verified.user)
            : await tx.users.getOrCreateFromTelegram(verified.user)
        const label = sessionLabel(client.userAgent)
        return tx.sessions.open(user, { surface: 'telegram', label })
      }
      const token = client.sessionToken ?? ''
      const live = await tx.sessions.find(token)
      if (live?.user.telegramId === verified.user.id) return { token, ...live }
      throw new InitDataInvalid({ reason: isFresh ? 'replayed' : 'stale' })
    })
  }

  /**
   * Logs in who pressed Telegram's login button on a page of ours; its fields open one login.
   *
   * @throws {@link LoginWidgetInvalid} when the fields prove nothing, are too old, or were used
   * @throws {@link TelegramLoginUnavailable} when no bot token is configured
   */
  async loginWithWidget(
    fields: Readonly<Record<string, string | number>>,
    client: LoginClient = {},
  ): Promise<Login> {
    const { clock, identity } = this.#scope
    const { botToken } = identity
    if (!botToken) throw new TelegramLoginUnavailable()
    const { user: pressedBy, ...opened } = verifyLoginWidget(fields, { botToken, now: clock.now() })
    return this.#scope.transaction(async (tx) => {
      const isFirst = await tx.repos.openedInitData.take({ ...opened, repeatHash: null })
      if (!isFirst) throw new LoginWidgetInvalid({ reason: 'replayed' })
      // The widget says nothing of the language, so what is known of it stays.
      const known = await tx.repos.users.findByTelegramId(pressedBy.id)
      const languageCode = known?.languageCode ?? null
      const user = await tx.users.getOrCreateFromTelegram({ ...pressedBy, languageCode })
      return tx.sessions.open(user, { surface: 'web', label: sessionLabel(client.userAgent) })
    })
  }

  /**
   * Logs in the guest of a device: one person for each device key, made on first sight.
   *
   * @throws {@link DeviceKeyInvalid} when the key could be guessed
   */
  async loginAsGuest(deviceKey: string, client: LoginClient = {}): Promise<Login> {
    const deviceKeyHash = hashDeviceKey(deviceKey)
    return this.#scope.transaction(async (tx) => {
      const user =
        (await tx.repos.users.findByDeviceKeyHash(deviceKeyHash)) ??
        (await create(tx, { deviceKeyHash }, NO_PROFILE)) ??
        (await tx.repos.users.findByDeviceKeyHash(deviceKeyHash))
      assert(user, 'A device key that is taken has a user')
      return tx.sessions.open(user, { surface: 'web', label: sessionLabel(client.userAgent) })
    })
  }

  /**
   * Writes down somebody who has just proved an address; call it in the transaction that writes the
   * address. Emits `user.created`.
   *
   * Everybody may come here. An app that only lets in who is invited overrides it.
   */
  async createWithEmail({ languageCode }: NewEmailUser): Promise<User> {
    return this.#scope.transaction(async (tx) => {
      const user = await create(tx, {}, { ...NO_PROFILE, languageCode })
      assert(user, 'Somebody without an identity of the account can always be written')
      return user
    })
  }

  /**
   * Writes down somebody who pays and never logs in, such as a company that gets invoices. Emits
   * `user.created`.
   */
  async createWithoutLogin(): Promise<User> {
    return this.#scope.transaction(async (tx) => {
      const user = await create(tx, {}, NO_PROFILE)
      assert(user, 'Somebody without an identity can always be written')
      return user
    })
  }

  /**
   * Makes a guest who proved who they are a registered user, and emits `user.registered`, once. The
   * key of a device, which others may hold, opens their account no more; of the logins that it has
   * opened only the one that registered lasts.
   */
  async registerGuest(id: string, keptSessionId: string | null = null): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      const user = await tx.repos.users.getByIdWithLock(id)
      if (user.kind !== 'guest') return
      const now = tx.clock.now()
      await tx.repos.users.update(id, { kind: 'registered', deviceKeyHash: null, updatedAt: now })
      await tx.sessions.revokeAll(id, keptSessionId === null ? {} : { except: keptSessionId })
      const payload = { userId: id }
      await tx.repos.outbox.add(
        userRegistered.create({ occurredAt: now, subjectId: id, userId: id, payload }),
      )
    })
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

/** Checks init data by the bot's token, or without one by Telegram's signature. */
function verify(initData: string, identity: IdentitySettings, now: Date): InitData {
  const age = { now, maxAgeSeconds: INIT_DATA_CONTINUES_SECONDS }
  const { botToken, initDataSigner } = identity
  if (botToken) return verifyInitData(initData, { botToken, ...age })
  if (initDataSigner) return verifyInitDataSignature(initData, { ...initDataSigner, ...age })
  throw new TelegramLoginUnavailable()
}

/** Writes a new person and says so; undefined when somebody else was first. */
async function create(
  tx: UsersScope,
  identity: Identity,
  profile: Profile,
): Promise<User | undefined> {
  const now = tx.clock.now()
  const { username, firstName, lastName, languageCode } = profile
  const kind = 'deviceKeyHash' in identity ? 'guest' : 'registered'
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
