import { addMs, type Clock, hashSecret, newId } from '../../../kernel/index.ts'
import type { User } from '../user.ts'
import { SessionExpired, SessionNotFound, SessionUnknown } from '../users.errors.ts'
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

/** All that the sessions service may touch. */
export interface SessionsScope {
  readonly clock: Clock
  readonly repos: { readonly sessions: SessionsRepository }
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

/** Where a login comes from. */
export interface SessionOrigin {
  readonly surface: Surface
  /** What {@link sessionLabel} says. */
  readonly label: string | null
}

/** Logins of people. Rows decide: one that is revoked is refused at its next request everywhere. */
export class SessionsService {
  readonly #scope: SessionsScope

  constructor(scope: SessionsScope) {
    this.#scope = scope
  }

  /**
   * Opens a login for somebody who has proved who they are; the oldest one beyond 20 gives way. Call
   * it in the transaction of the proof.
   */
  async open(user: User, { surface, label }: SessionOrigin): Promise<Login> {
    const { clock, repos } = this.#scope
    const now = clock.now()
    const token = newSessionToken()
    const session = await repos.sessions.insert({
      id: newId(),
      userId: user.id,
      tokenHash: hashSecret(token),
      surface,
      label,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: sessionExpiry(now),
    })
    await repos.sessions.removeSurplus(user.id, SESSIONS_PER_USER_MAX, now)
    return { token, user, session }
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
    const found = await this.#read(token)
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

  /** Finds who is behind a session token, without keeping it alive; undefined for nobody. */
  async find(token: string): Promise<Authenticated | undefined> {
    const found = await this.#read(token)
    return found && !isSessionExpired(found.session, this.#scope.clock.now()) ? found : undefined
  }

  async #read(token: string): Promise<Authenticated | undefined> {
    if (!isSessionToken(token)) return undefined
    const found = await this.#scope.repos.sessions.findWithUser(hashSecret(token))
    // A login may land on a guest right after they were merged.
    return found?.user.departedAt ? undefined : found
  }

  /** A person's live logins, the last used first. */
  async list(userId: string): Promise<Session[]> {
    return this.#scope.repos.sessions.listLive(userId, this.#scope.clock.now())
  }

  /**
   * Ends one login of a person, in every process at its next request.
   *
   * @throws {@link SessionNotFound} also for a login of somebody else
   */
  async revoke(userId: string, sessionId: string): Promise<void> {
    const isRevoked = await this.#scope.repos.sessions.removeOf(userId, sessionId)
    if (!isRevoked) throw new SessionNotFound({ sessionId })
  }

  /** Ends all logins of a person, or all but one, and gives their number. */
  async revokeAll(userId: string, kept: { readonly except?: string } = {}): Promise<number> {
    return this.#scope.repos.sessions.removeAllOf(userId, kept.except)
  }

  /** Ends the login of a token; one that opens none is no failure. */
  async logout(token: string): Promise<void> {
    await this.#scope.repos.sessions.removeByTokenHash(hashSecret(token))
  }
}
