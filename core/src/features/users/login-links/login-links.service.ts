import { type Clock, hashSecret, newId } from '../../../kernel/index.ts'
import type { Transactional } from '../../../platform/database/index.ts'
import { admit, type Limiter } from '../../../platform/limits/index.ts'
import type { AccountsService } from '../accounts/accounts.service.ts'
import type { SessionsRepository } from '../sessions/sessions.repository.ts'
import type { Login, SessionsService } from '../sessions/sessions.service.ts'
import { buildStartParameter } from '../start-parameter.ts'
import type { TelegramUser, User } from '../user.ts'
import { LoginLinkGone, SessionUnknown } from '../users.errors.ts'
import type { UsersRepository } from '../users.repository.ts'
import type { UsersService } from '../users.service.ts'
import { type LoginLink, newLoginLink } from './login-link.ts'
import type { LoginLinksRepository } from './login-links.repository.ts'

/** All that the login links service may touch. */
export interface LoginLinksScope extends Transactional<LoginLinksScope> {
  readonly clock: Clock
  readonly limiter: Pick<Limiter, 'take'>
  readonly repos: {
    readonly loginLinks: LoginLinksRepository
    readonly sessions: SessionsRepository
    readonly users: UsersRepository
  }
  readonly users: Pick<UsersService, 'getOrCreateFromTelegram'>
  readonly accounts: Pick<AccountsService, 'giveTelegram'>
  readonly sessions: Pick<SessionsService, 'open'>
}

/** A new login link, as the browser that asked for it gets it. */
export interface StartedLoginLink {
  /** For `https://t.me/<bot>?start=`; it may be shown and sent: it answers, and logs nobody in. */
  readonly startParameter: string
  /** Stays in the browser: whoever has it gets the login. */
  readonly pollSecret: string
  /** To be shown beside the link; the bot shows the same. */
  readonly matchNumber: number
  readonly expiresAt: Date
}

/** Which browser asks for a login link, and whose login there is to be connected. */
export interface LoginLinkStart {
  readonly browser: string | null
  readonly connect?: { readonly userId: string; readonly sessionId: string }
}

/** What became of a login link. */
export type LoginLinkAnswer =
  | { readonly status: 'pending' | 'declined' }
  | { readonly status: 'confirmed'; readonly login: Login }
  | { readonly status: 'connected'; readonly user: User }

/** A page asks every other second; more helps nobody. */
const POLL_RATE = { limit: 5, perMs: 5_000 }

/**
 * Logins in a browser by the bot: the browser shows a link, the person opens it and says in the bot
 * that it is them, the browser asks what they said.
 *
 * The link and the browser have a secret each. Whoever is sent a link can answer for themselves only;
 * whoever sends one gets nothing before the other presses the button.
 */
export class LoginLinksService {
  readonly #scope: LoginLinksScope

  constructor(scope: LoginLinksScope) {
    this.#scope = scope
  }

  /**
   * Starts a login link for a browser, or for somebody who is logged in there and wants to connect
   * their Telegram: such a link ends with their login. Ask for a recent one first: a stolen session
   * must not become a login of the thief's.
   *
   * @throws {@link SessionUnknown} when the login to connect has ended meanwhile
   */
  async start({ browser, connect }: LoginLinkStart = { browser: null }): Promise<StartedLoginLink> {
    const createdAt = this.#scope.clock.now()
    const { token, pollSecret, matchNumber, expiresAt } = newLoginLink(createdAt)
    await this.#scope.transaction(async ({ repos }) => {
      if (connect && !(await repos.sessions.hold(connect.sessionId))) throw new SessionUnknown()
      await repos.loginLinks.insert({
        id: newId(),
        purpose: connect ? 'connect' : 'login',
        tokenHash: hashSecret(token),
        pollHash: hashSecret(pollSecret),
        ...connect,
        matchNumber,
        browser,
        status: 'pending',
        expiresAt,
        createdAt,
      })
    })
    const startParameter = buildStartParameter({ loginLink: token }, 'start')
    return { startParameter, pollSecret, matchNumber, expiresAt }
  }

  /** Finds what a link asks; undefined when it is unknown, answered or expired. */
  async find(token: string): Promise<LoginLink | undefined> {
    const { clock, repos } = this.#scope
    const link = await repos.loginLinks.findByTokenHash(hashSecret(token), clock.now())
    return link?.status === 'pending' ? link : undefined
  }

  /**
   * Answers a link with yes, as a person whom Telegram has proved; repeating it is harmless.
   *
   * @throws {@link LoginLinkGone} when it was answered otherwise or has expired
   * @throws {@link TelegramTaken} when the account to connect, or the Telegram identity, has another
   */
  async confirm(token: string, telegramUser: TelegramUser): Promise<LoginLink> {
    return this.#scope.transaction(async (tx) => {
      const now = tx.clock.now()
      const link = await tx.repos.loginLinks.findByTokenHash(hashSecret(token), now)
      if (!link || link.status === 'declined') throw new LoginLinkGone()
      const user =
        link.userId === null
          ? await tx.users.getOrCreateFromTelegram(telegramUser)
          : await tx.accounts.giveTelegram(link.userId, telegramUser, link.sessionId)
      if (link.confirmedBy === user.id) return link
      const isFirst = await tx.repos.loginLinks.confirm(link.id, user.id, now)
      if (!isFirst) throw new LoginLinkGone()
      return link
    })
  }

  /**
   * Answers a link with no: nobody gets anything by it any more.
   *
   * @throws {@link LoginLinkGone} when it was confirmed or has expired
   */
  async decline(token: string): Promise<void> {
    const { clock, repos } = this.#scope
    const link = await repos.loginLinks.findByTokenHash(hashSecret(token), clock.now())
    if (link?.status === 'declined') return
    if (!link || !(await repos.loginLinks.decline(link.id, clock.now()))) throw new LoginLinkGone()
  }

  /**
   * Tells the browser what the person said; a login is given once.
   *
   * @throws {@link LoginLinkGone} when it is unknown, has expired, or its login was given
   * @throws {@link TooManyTries}
   */
  async poll(
    pollSecret: string,
    client: { readonly browser: string | null },
  ): Promise<LoginLinkAnswer> {
    const { clock, limiter, repos } = this.#scope
    const link = await repos.loginLinks.findByPollHash(hashSecret(pollSecret), clock.now())
    if (!link || link.status === 'consumed') throw new LoginLinkGone()
    await admit(limiter, 'login.link_poll', link.id, POLL_RATE)
    const { id, purpose, status, confirmedBy } = link
    if (status !== 'confirmed' || confirmedBy === null) {
      return { status: status === 'declined' ? 'declined' : 'pending' }
    }
    return this.#scope.transaction(async (tx) => {
      if (!(await tx.repos.loginLinks.consume(id))) throw new LoginLinkGone()
      const user = await tx.repos.users.getById(confirmedBy)
      if (purpose === 'connect') return { status: 'connected', user }
      const login = await tx.sessions.open(user, { surface: 'web', label: client.browser })
      return { status: 'confirmed', login }
    })
  }
}
