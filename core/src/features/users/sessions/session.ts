import { randomBytes } from 'node:crypto'
import { addMs, DAY_MS } from '../../../kernel/index.ts'

/** Where a login came from; decides which gateways may take the money for digital goods. */
export type Surface = 'telegram' | 'web'

/** A login, without the token that opens it. */
export interface Session {
  readonly id: string
  readonly userId: string
  readonly surface: Surface
  /** Roughly what it was opened with, such as `Firefox on Windows`; null when nobody can tell. */
  readonly label: string | null
  readonly createdAt: Date
  readonly lastSeenAt: Date
  readonly expiresAt: Date
}

/** How long a login lasts without being used: a monthly customer stays logged in. */
export const SESSION_TTL_MS = 90 * DAY_MS

/** How often using a login is written down. */
export const SESSION_TOUCH_INTERVAL_MS = 60 * 60 * 1_000

/** Logins one person may have at a time; the oldest gives way. */
export const SESSIONS_PER_USER_MAX = 20

/** What the family and the system are called in a `User-Agent`; of two that fit, the first counts. */
const BROWSERS = { Edge: /Edg/, Opera: /OPR/, Yandex: /YaBrowser/, Firefox: /Firefox|FxiOS/ }
const ENGINES = { Chrome: /Chrome|CriOS/, Safari: /Safari/ }
const SYSTEMS = { Android: /Android/, iOS: /iPhone|iPad|iPod/, Windows: /Windows/ }
const KERNELS = { macOS: /Mac OS/, Linux: /Linux|X11/ }

/** Tells roughly what a login was opened with; nothing in it tells two people apart. */
export function sessionLabel(userAgent: string | undefined): string | null {
  const find = (names: Readonly<Record<string, RegExp>>): string | undefined =>
    Object.entries(names).find(([, pattern]) => pattern.test(userAgent ?? ''))?.[0]
  const parts = [find({ ...BROWSERS, ...ENGINES }), find({ ...SYSTEMS, ...KERNELS })]
  return parts.filter((part) => part !== undefined).join(' on ') || null
}

/** Makes the secret that opens a login: 256 bits from the system's random source. */
export function newSessionToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Tells whether a text has the shape of a session token. */
export function isSessionToken(token: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(token)
}

/** When a login that is used now ends. */
export function sessionExpiry(now: Date): Date {
  return addMs(now, SESSION_TTL_MS)
}

/** Tells whether a login has ended; the boundary instant has. */
export function isSessionExpired(session: Session, now: Date): boolean {
  return session.expiresAt <= now
}

/** Tells whether this use of a login is far enough from the last to be written down. */
export function shouldTouchSession(session: Session, now: Date): boolean {
  return now.getTime() - session.lastSeenAt.getTime() >= SESSION_TOUCH_INTERVAL_MS
}
