import { type Clock, DAY_MS, hashSecret } from '../../../kernel/index.ts'
import type { Transactional } from '../../../platform/database/index.ts'
import { admit, type Limiter } from '../../../platform/limits/index.ts'
import { EmailLoginUnavailable } from '../email/email.errors.ts'
import { parseEmail } from '../email/email.ts'
import type { EmailsRepository } from '../email/emails.repository.ts'
import { sessionLabel } from '../sessions/session.ts'
import type { Login, SessionsService } from '../sessions/sessions.service.ts'
import type { LoginClient } from '../users.service.ts'
import { checkPassword, NOBODYS_HASH, normalizePassword, type PasswordHasher } from './password.ts'
import { CredentialsWrong, PasswordNeedsEmail } from './passwords.errors.ts'
import type { PasswordsRepository } from './passwords.repository.ts'

/** All that the passwords service may touch. */
export interface PasswordsScope extends Transactional<PasswordsScope> {
  readonly clock: Clock
  readonly limiter: Pick<Limiter, 'take' | 'pause'>
  readonly passwordHasher: PasswordHasher | undefined
  readonly repos: {
    readonly emails: EmailsRepository
    readonly passwords: PasswordsRepository
  }
  readonly sessions: Pick<SessionsService, 'open' | 'revokeAll'>
}

/** A client that shows a password. */
export interface PasswordClient extends LoginClient {
  /** Its network, which counts against limits. */
  readonly network: string
}

const TRIES = {
  byAddress: { limit: 100, perMs: DAY_MS },
  byAddressAndNetwork: { limit: 10, perMs: 3_600_000 },
  byNetwork: { limit: 600, perMs: 60_000 },
  /** Many people behind one address may log in; wrong passwords make all of them wait. */
  wrongByNetwork: { limit: 100, perMs: 3_600_000 },
} as const

/** Logins by password, for people who have proved an address. */
export class PasswordsService {
  readonly #scope: PasswordsScope

  constructor(scope: PasswordsScope) {
    this.#scope = scope
  }

  /**
   * Logs in by address and password. One look-up and one verification, whether or not the account or
   * the password exists. Who is guessed at too often logs in by a code; sessions go on.
   *
   * @throws {@link CredentialsWrong}
   * @throws {@link EmailInvalid}
   * @throws {@link EmailLoginUnavailable}
   * @throws {@link TooManyTries}
   */
  async login(
    { email, password }: { readonly email: string; readonly password: string },
    { network, userAgent }: PasswordClient,
  ): Promise<Login> {
    const hasher = this.#hasher()
    const { limiter, repos } = this.#scope
    const address = parseEmail(email)
    const here = `${address} ${network}`
    await admit(limiter, 'password.login_network', network, TRIES.byNetwork)
    await admit(limiter, 'password.login_here', here, TRIES.byAddressAndNetwork)
    await admit(limiter, 'password.login', address, TRIES.byAddress)
    const found = await repos.passwords.findByEmail(address)
    const hash = found?.hash ?? NOBODYS_HASH
    const isRight = await hasher.verify(hash, normalizePassword(password))
    if (!found || !isRight) {
      await this.#countWrong(network)
      throw new CredentialsWrong()
    }
    return this.#scope.transaction(async (tx) => {
      if (!(await tx.repos.passwords.holdHash(found.user.id, hash))) throw new CredentialsWrong()
      await tx.repos.emails.noteLogin(found.user.id, hashSecret(network))
      return tx.sessions.open(found.user, { surface: 'web', label: sessionLabel(userAgent) })
    })
  }

  /**
   * Gives somebody a password, or another one; all their other sessions end. Ask for a recent login
   * first: a stolen session must not become a password.
   *
   * @throws {@link PasswordNeedsEmail}
   * @throws {@link PasswordWeak}
   * @throws {@link EmailLoginUnavailable}
   */
  async set(
    { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
    password: string,
  ): Promise<void> {
    const hasher = this.#hasher()
    const address = await this.#scope.repos.emails.find(userId)
    if (!address) throw new PasswordNeedsEmail()
    const normalized = normalizePassword(password)
    checkPassword(normalized, address.email)
    const hash = await hasher.hash(normalized)
    await this.#scope.transaction(async (tx) => {
      await tx.repos.passwords.put(userId, hash, tx.clock.now())
      await tx.sessions.revokeAll(userId, { except: sessionId })
    })
  }

  async #countWrong(network: string): Promise<void> {
    const { limiter } = this.#scope
    const wrong = await limiter.take('password.wrong', network, TRIES.wrongByNetwork)
    if (!wrong.isAllowed) await limiter.pause('password.login_network', network, wrong.retryAfterMs)
  }

  #hasher(): PasswordHasher {
    const { passwordHasher } = this.#scope
    if (!passwordHasher) throw new EmailLoginUnavailable()
    return passwordHasher
  }
}
