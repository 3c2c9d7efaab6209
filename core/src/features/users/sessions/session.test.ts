import { describe, expect, test } from 'vitest'
import {
  isSessionExpired,
  newSessionToken,
  type Session,
  sessionLabel,
  shouldTouchSession,
} from './session.ts'

describe('a session', () => {
  const at = (iso: string) => new Date(iso)
  const session: Session = {
    id: '01890000-0000-7000-8000-000000000000',
    userId: '01890000-0000-7000-8000-000000000001',
    surface: 'web',
    label: null,
    createdAt: at('2026-01-01T00:00:00Z'),
    lastSeenAt: at('2026-01-01T00:00:00Z'),
    expiresAt: at('2026-02-01T00:00:00Z'),
  }

  test('has ended at the instant it expires', () => {
    expect(isSessionExpired(session, at('2026-01-31T23:59:59.999Z'))).toBe(false)
    expect(isSessionExpired(session, at('2026-02-01T00:00:00.000Z'))).toBe(true)
  })

  test('is written down again after an hour, not before', () => {
    expect(shouldTouchSession(session, at('2026-01-01T00:59:59.999Z'))).toBe(false)
    expect(shouldTouchSession(session, at('2026-01-01T01:00:00.000Z'))).toBe(true)
  })

  test('is opened by 256 random bits', () => {
    expect(newSessionToken()).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(newSessionToken()).not.toBe(newSessionToken())
  })
})

describe('sessionLabel', () => {
  test.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36',
      'Chrome on Linux',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Safari/537.36',
      'Chrome on Android',
    ],
    ['Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537.36 Edg/142.0', 'Edge on Windows'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18 Safari/605', 'Safari on macOS'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile', 'iOS'],
    ['curl/8.5.0', null],
    [undefined, null],
    ['x'.repeat(100_000), null],
  ])('of %j is %j', (userAgent, label) => {
    expect(sessionLabel(userAgent)).toBe(label)
  })
})
