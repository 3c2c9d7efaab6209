import { CORE, type MoneyKey, TABLES } from './money-key.ts'

const USERS = `${CORE}/features/users`
const SHOP = 'apps/shop/backend/src'
const codes = [`${SHOP}/email-logins.db.test.ts`]
const passwords = [`${SHOP}/passwords.db.test.ts`]
const sameWork = [`${SHOP}/same-work.db.test.ts`]

function rule(
  name: string,
  guards: string,
  [file, find, replace, after]: readonly [string, string, string, string?],
  tests: readonly string[],
): MoneyKey {
  const edit = { file: `${USERS}/${file}`, find, replace, ...(after ? { after } : {}) }
  return { name: `email: ${name}`, guards, edits: [edit], tests }
}

/** What logins by code and by password stand on. */
export const EMAIL_KEYS: readonly MoneyKey[] = [
  rule(
    'a try is taken first',
    'a code is guessed at five times, not as often as somebody likes',
    [
      'email/email-codes.repository.ts',
      'lt(userEmailCode.attempts, EMAIL_CODE_ATTEMPTS_MAX),',
      '',
      'async takeTry(',
    ],
    codes,
  ),
  rule(
    'the digits are compared',
    'only who reads the mail logs in',
    ['email/email-logins.service.ts', 'if (!isCodeOf(id, secret, code))', 'if (secret === id)'],
    codes,
  ),
  rule(
    'a code is used once',
    'of requests at the same time one logs in',
    [
      'email/email-codes.repository.ts',
      'and(eq(userEmailCode.id, id), isNull(userEmailCode.usedAt))',
      'eq(userEmailCode.id, id)',
      'async use(',
    ],
    codes,
  ),
  rule(
    'a code has an end',
    'a mail that somebody finds later opens nothing',
    ['email/email-codes.repository.ts', 'gt(userEmailCode.expiresAt, now),', '', 'async takeTry('],
    codes,
  ),
  rule(
    'a code is of who asked for it',
    'nobody connects an address with the code of somebody else',
    [
      'email/email-codes.repository.ts',
      'userId === null ? isNull(userEmailCode.userId) : eq(userEmailCode.userId, userId),',
      '',
    ],
    codes,
  ),
  rule(
    'one at a time decides whose an address is',
    'first logins at the same time make one person',
    ['email/emails.repository.ts', 'select pg_advisory_xact_lock(', 'select ('],
    codes,
  ),
  {
    name: 'user_email_email_key',
    guards: 'an address belongs to one person',
    edits: [
      { file: TABLES, find: '\n\tCONSTRAINT "user_email_email_key" UNIQUE("email"),', replace: '' },
    ],
    tests: codes,
  },
  rule(
    'codes for an address are limited',
    'nobody is buried in mails, and guesses stay few',
    [
      'email/email-logins.service.ts',
      "await admit(limiter, 'email.start_by_address_here', here, STARTS.byAddressAndNetwork)",
      'void here',
    ],
    codes,
  ),
  rule(
    'passwords for an address are limited in a network',
    'a password is guessed at ten times an hour',
    [
      'passwords/passwords.service.ts',
      "await admit(limiter, 'password.login_here', here, TRIES.byAddressAndNetwork)",
      'void here',
    ],
    passwords,
  ),
  rule(
    'passwords for an address are limited everywhere',
    'many networks do not guess more than one hundred times a day',
    [
      'passwords/passwords.service.ts',
      "await admit(limiter, 'password.login', address, TRIES.byAddress)",
      '',
    ],
    passwords,
  ),
  rule(
    'wrong passwords are limited in a network',
    'one network does not try a common password at every address',
    [
      'passwords/passwords.service.ts',
      "await limiter.pause('password.login_network', network, wrong.retryAfterMs)",
      'void limiter',
    ],
    passwords,
  ),
  rule(
    'an owner gets codes where they log in',
    'nobody keeps somebody out by asking for codes',
    [
      'email/email-logins.service.ts',
      'if (!(await repos.emails.isLoginNetwork(email, hashSecret(network))))',
      "if (network !== '')",
    ],
    codes,
  ),
  rule(
    'nobody’s hash',
    'the time of a login does not tell whether an account exists',
    [
      'passwords/passwords.service.ts',
      'await hasher.verify(hash, normalizePassword(password))',
      'found?.hash ? await hasher.verify(hash, normalizePassword(password)) : false',
    ],
    sameWork,
  ),
  rule(
    'a login holds the hash it was checked against',
    'a login under way with the old password does not outlive the new one',
    [
      'passwords/passwords.service.ts',
      'if (!(await tx.repos.passwords.holdHash(found.user.id, hash)))',
      "if (hash === '')",
    ],
    passwords,
  ),
  rule(
    'a new password ends the other logins',
    'who stole a session loses it',
    [
      'passwords/passwords.service.ts',
      'await tx.sessions.revokeAll(userId, { except: sessionId })',
      'void sessionId',
    ],
    passwords,
  ),
  {
    name: 'email: a recent login',
    guards: 'a stolen session does not become a password',
    edits: [
      {
        file: `${CORE}/platform/http/edge.ts`,
        find: 'if (ageMs > RECENT_LOGIN_MAX_AGE_MS)',
        replace: 'if (Number.isNaN(ageMs))',
      },
    ],
    tests: passwords,
  },
]
