import {
  addMs,
  type Clock,
  DAY_MS,
  hashSecret,
  type Language,
  newId,
} from '../../../kernel/index.ts'
import { assertNoTransaction, type Transactional } from '../../../platform/database/index.ts'
import type { JobsRepository } from '../../../platform/jobs/index.ts'
import { admit, type Limiter } from '../../../platform/limits/index.ts'
import type { Mailer } from '../../../platform/mail/index.ts'
import type { IdentitySettings } from '../identity.ts'
import type { PasswordsRepository } from '../passwords/passwords.repository.ts'
import { sessionLabel } from '../sessions/session.ts'
import type { Login, SessionsService } from '../sessions/sessions.service.ts'
import type { UsersRepository } from '../users.repository.ts'
import type { LoginClient, UsersService } from '../users.service.ts'
import {
  EmailCodeGone,
  EmailCodeWrong,
  EmailIsOnlyLogin,
  EmailLoginUnavailable,
  EmailTaken,
} from './email.errors.ts'
import { sendEmailCode } from './email.jobs.ts'
import {
  codeOf,
  EMAIL_CODE_KEPT_MS,
  EMAIL_CODE_TTL_MS,
  type EmailCode,
  isCodeOf,
  parseEmail,
} from './email.ts'
import type { EmailCodesRepository } from './email-codes.repository.ts'
import { letterFor } from './email-texts.ts'
import type { EmailsRepository } from './emails.repository.ts'

/** All that the service of logins by e-mail may touch. */
export interface EmailLoginsScope extends Transactional<EmailLoginsScope> {
  readonly clock: Clock
  readonly identity: IdentitySettings
  readonly limiter: Pick<Limiter, 'take'>
  readonly mailer: Mailer | undefined
  readonly repos: {
    readonly emailCodes: EmailCodesRepository
    readonly emails: EmailsRepository
    readonly jobs: Pick<JobsRepository, 'enqueue'>
    readonly passwords: PasswordsRepository
    readonly users: UsersRepository
  }
  readonly sessions: Pick<SessionsService, 'open'>
  readonly users: Pick<UsersService, 'createWithEmail' | 'registerGuest'>
}

/** A client that asks for a code. */
export interface EmailClient {
  /** Its network, which counts against limits. */
  readonly network: string
  /** The language of the mail. [en] */
  readonly language?: Language | undefined
}

/** Where to type the digits of a mail. */
export interface StartedEmailCode {
  readonly id: string
  readonly expiresAt: Date
}

/** How somebody logs in by e-mail. */
export interface EmailSettings {
  readonly email: string | null
  readonly hasPassword: boolean
}

const HOUR_MS = 3_600_000

/** Codes for one address: guesses follow from them, five for each. */
const STARTS = {
  byAddress: { limit: 30, perMs: DAY_MS },
  byAddressAndNetwork: { limit: 5, perMs: HOUR_MS },
  byNetwork: { limit: 20, perMs: HOUR_MS },
} as const

/**
 * Logins by a code that a mail brings: signing up, logging in and coming back without the password
 * are one flow, so nobody learns from it whether an account exists.
 */
export class EmailLoginsService {
  readonly #scope: EmailLoginsScope

  constructor(scope: EmailLoginsScope) {
    this.#scope = scope
  }

  /**
   * Mails a code to an address, whether anybody has it or not: the work is the same.
   *
   * @throws {@link EmailInvalid}
   * @throws {@link EmailLoginUnavailable}
   * @throws {@link TooManyTries}
   * @example
   * const { id } = await services.emailLogins.start('ada@example.org', { network })
   * const { token } = await services.emailLogins.complete({ id, code: '482911' })
   */
  async start(email: string, client: EmailClient): Promise<StartedEmailCode> {
    return this.#start({ purpose: 'login', userId: null, email }, client)
  }

  /**
   * Logs in whoever types the digits of the mail, and writes them down on first sight. A wrong code
   * costs a try like a right one; five tries end a code, and nothing but this code.
   *
   * @throws {@link EmailCodeWrong}
   * @throws {@link EmailCodeGone}
   * @throws {@link EmailLoginUnavailable}
   */
  async complete(
    typed: { readonly id: string; readonly code: string },
    client: LoginClient = {},
  ): Promise<Login> {
    const { id, email, language } = await this.#prove(typed, { purpose: 'login', userId: null })
    return this.#scope.transaction(async (tx) => {
      const now = tx.clock.now()
      if (!(await tx.repos.emailCodes.use(id, now))) throw new EmailCodeGone()
      await tx.repos.emails.lockAddress(email)
      const known = await tx.repos.emails.findUser(email)
      const user = known ?? (await tx.users.createWithEmail({ email, languageCode: language }))
      if (!known) await tx.repos.emails.put({ userId: user.id, email, verifiedAt: now })
      if (client.network) await tx.repos.emails.noteLogin(user.id, hashSecret(client.network))
      return tx.sessions.open(user, { surface: 'web', label: sessionLabel(client.userAgent) })
    })
  }

  /**
   * Mails a code that connects an address to somebody who is logged in.
   *
   * @throws {@link EmailInvalid}
   * @throws {@link EmailLoginUnavailable}
   * @throws {@link TooManyTries}
   */
  async startConnect(
    userId: string,
    email: string,
    client: EmailClient,
  ): Promise<StartedEmailCode> {
    return this.#start({ purpose: 'connect', userId, email }, client)
  }

  /**
   * Connects the address of the mail to who asked, in place of the one they had; a guest becomes
   * registered, emits `user.registered`, and keeps this login alone.
   *
   * @throws {@link EmailCodeWrong}
   * @throws {@link EmailCodeGone}
   * @throws {@link EmailTaken} when somebody else has proved it
   * @throws {@link EmailLoginUnavailable}
   */
  async completeConnect(
    { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
    typed: { readonly id: string; readonly code: string },
  ): Promise<void> {
    const { id, email } = await this.#prove(typed, { purpose: 'connect', userId })
    await this.#scope.transaction(async (tx) => {
      const now = tx.clock.now()
      await tx.repos.users.getByIdWithLock(userId)
      if (!(await tx.repos.emailCodes.use(id, now))) throw new EmailCodeGone()
      await tx.repos.emails.lockAddress(email)
      const owner = await tx.repos.emails.findUser(email)
      if (owner && owner.id !== userId) throw new EmailTaken()
      await tx.repos.emails.put({ userId, email, verifiedAt: now })
      await tx.users.registerGuest(userId, sessionId)
    })
  }

  /** Tells how somebody logs in by e-mail. */
  async settingsOf(userId: string): Promise<EmailSettings> {
    const { emails, passwords } = this.#scope.repos
    const address = await emails.find(userId)
    return { email: address?.email ?? null, hasPassword: await passwords.has(userId) }
  }

  /**
   * Takes somebody's address away, and the password with it.
   *
   * @throws {@link EmailIsOnlyLogin} when they could not come back by Telegram
   */
  async disconnect(userId: string): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      const user = await tx.repos.users.getByIdWithLock(userId)
      if (user.telegramId === null) throw new EmailIsOnlyLogin()
      await tx.repos.passwords.remove(userId)
      await tx.repos.emails.remove(userId)
    })
  }

  /** Mails a code, unless nobody can use it any more; for the job that `start` leaves. */
  async sendCode(codeId: string): Promise<void> {
    const { mailer, secret } = this.#means()
    const code = await this.#scope.repos.emailCodes.findById(codeId)
    if (!code || code.usedAt || code.expiresAt <= this.#scope.clock.now()) return
    const letter = letterFor(code, codeOf(codeId, secret))
    await mailer.send({ id: codeId, to: code.email, ...letter })
  }

  /** Deletes codes of the past, a batch at a time, and gives their number. */
  async forgetCodes(): Promise<number> {
    const before = addMs(this.#scope.clock.now(), -EMAIL_CODE_KEPT_MS)
    return this.#scope.repos.emailCodes.removeExpired(before)
  }

  async #start(
    asked: Pick<EmailCode, 'purpose' | 'userId' | 'email'>,
    { network, language = 'en' }: EmailClient,
  ): Promise<StartedEmailCode> {
    this.#means()
    const { limiter, repos } = this.#scope
    const email = parseEmail(asked.email)
    const here = `${email} ${network}`
    await admit(limiter, 'email.start_by_address_here', here, STARTS.byAddressAndNetwork)
    // Others must not keep somebody out who comes from where they have logged in.
    if (!(await repos.emails.isLoginNetwork(email, hashSecret(network)))) {
      await admit(limiter, 'email.start_by_network', network, STARTS.byNetwork)
      await admit(limiter, 'email.start_by_address', email, STARTS.byAddress)
    }
    return this.#scope.transaction(async (tx) => {
      const createdAt = tx.clock.now()
      const expiresAt = addMs(createdAt, EMAIL_CODE_TTL_MS)
      const { id } = await tx.repos.emailCodes.insert({
        ...asked,
        id: newId(),
        email,
        language,
        expiresAt,
        createdAt,
      })
      await tx.repos.jobs.enqueue(sendEmailCode, { codeId: id })
      return { id, expiresAt }
    })
  }

  /** Takes a try, for good, and only then looks at the code. */
  async #prove(
    { id, code }: { readonly id: string; readonly code: string },
    asked: Pick<EmailCode, 'purpose' | 'userId'>,
  ): Promise<EmailCode> {
    const { secret } = this.#means()
    assertNoTransaction('A try of a code')
    const { clock, repos } = this.#scope
    const taken = await repos.emailCodes.takeTry({ id, ...asked }, clock.now())
    if (!taken) throw new EmailCodeGone()
    if (!isCodeOf(id, secret, code)) throw new EmailCodeWrong()
    return taken
  }

  #means(): { readonly mailer: Mailer; readonly secret: string } {
    const { mailer, identity } = this.#scope
    if (!mailer || !identity.codeSecret) throw new EmailLoginUnavailable()
    return { mailer, secret: identity.codeSecret }
  }
}
