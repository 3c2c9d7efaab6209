import { randomInt } from 'node:crypto'
import { addMs } from '../../../kernel/index.ts'
import { newSessionToken } from '../sessions/session.ts'

/** What a login link is for: a login in the browser, or an identity for who is logged in there. */
export type LoginLinkPurpose = 'login' | 'connect'

/** A question to a person at Telegram whether it is them who sits before a browser. */
export interface LoginLink {
  readonly id: string
  readonly purpose: LoginLinkPurpose
  /** Whose account is to be connected. */
  readonly userId: string | null
  /** The login that asks to be connected. */
  readonly sessionId: string | null
  /** The page shows the same, so that people see that it is their own page. */
  readonly matchNumber: number
  /** Roughly which browser asks. */
  readonly browser: string | null
  readonly status: 'pending' | 'confirmed' | 'declined' | 'consumed'
  readonly confirmedBy: string | null
  readonly expiresAt: Date
  readonly createdAt: Date
}

/** How long a login link waits for its answer. */
const LOGIN_LINK_TTL_MS = 10 * 60 * 1_000

/** Makes the secrets of a login link: what the link carries, and what only the browser knows. */
export function newLoginLink(now: Date): {
  readonly token: string
  readonly pollSecret: string
  readonly matchNumber: number
  readonly expiresAt: Date
} {
  return {
    token: newSessionToken(),
    pollSecret: newSessionToken(),
    matchNumber: randomInt(10, 100),
    expiresAt: addMs(now, LOGIN_LINK_TTL_MS),
  }
}
