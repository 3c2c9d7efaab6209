import { type Context, CoreRepositories, CoreServices, createPlatform } from '@gramkit/core'
import type { PasswordHasher } from '@gramkit/core/users'
import { startSandbox } from '@gramkit/sandbox'
import { record } from '@gramkit/services/recording'
import { testDatabase } from '@gramkit/services/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { digitsIn, newestMail, wrongDigits } from './testing/letters.ts'

const hashed: string[] = []

/** Core, with a hasher that tells which hashes it was asked about. */
class WatchedServices extends CoreServices<CoreRepositories, Context> {
  override get passwordHasher(): PasswordHasher | undefined {
    const hasher = super.passwordHasher
    return (
      hasher && {
        hash: (password) => hasher.hash(password),
        verify: (hash, password) => {
          hashed.push(hash)
          return hasher.verify(hash, password)
        },
      }
    )
  }
}

const PASSWORD = 'correct horse battery'
const KNOWN = { withPassword: 'ada@example.org', withoutPassword: 'bob@example.org' }
const UNKNOWN = 'nobody@example.org'
const EVERYBODY = [KNOWN.withPassword, KNOWN.withoutPassword, UNKNOWN]

const sandbox = await startSandbox()
const database = await testDatabase()
const platform = await createPlatform({
  databaseUrl: database.appUrl,
  mail: { smtpUrl: sandbox.smtpUrl, from: 'shop@example.org' },
  codeSecret: 'secret-of-the-codes-in-this-test',
  Services: WatchedServices,
  Repositories: CoreRepositories,
})
const { emailLogins, passwords } = platform.services
let networks = 0

const aNetwork = () => `10.0.${++networks}.0/24`
const start = (email: string) => emailLogins.start(email, { network: aNetwork() })
/** The digits, as the mail of the job shows them. */
async function codeOf(email: string, id: string): Promise<string> {
  const { length } = await sandbox.control.mailbox(email)
  await emailLogins.sendCode(id)
  return digitsIn(await newestMail(sandbox, email, length + 1))
}

beforeAll(async () => {
  for (const email of Object.values(KNOWN)) {
    const { id } = await start(email)
    const { user, session } = await emailLogins.complete({ id, code: await codeOf(email, id) })
    if (email !== KNOWN.withPassword) continue
    await passwords.set({ userId: user.id, sessionId: session.id }, PASSWORD)
  }
})
beforeEach(() => {
  hashed.length = 0
})
afterAll(async () => {
  await platform.close()
  await database.drop()
  await sandbox.close()
})

/** What was said to PostgreSQL for each address, by the statements alone. */
async function statementsFor(work: (email: string) => Promise<unknown>): Promise<string[][]> {
  const all: string[][] = []
  for (const email of EVERYBODY) {
    const { statements } = await record(() => work(email).catch(() => {}))
    // Listeners are told after the commit, and nobody waits for it: it may fall into the next one.
    const texts = statements.map(({ text }) => text)
    all.push(texts.filter((text) => !text.includes('pg_notify')))
  }
  expect(all[0]?.length).toBeGreaterThan(0)
  return all
}

describe('a known and an unknown address cost the same', () => {
  test('statements and mails when a code is asked for', async () => {
    const ids: string[] = []
    const [known, ...others] = await statementsFor(async (email) => {
      ids.push((await start(email)).id)
    })
    for (const other of others) expect(other).toEqual(known)
    const sending = ids[Symbol.iterator]()
    const [mailed, ...rest] = await statementsFor(() =>
      emailLogins.sendCode(String(sending.next().value)),
    )
    for (const other of rest) expect(other).toEqual(mailed)
    const mails = await Promise.all(EVERYBODY.map((email) => newestMail(sandbox, email)))
    const without = mails.map(({ text }) => text.replace(/\d{3} \d{3}/, '…'))
    expect(new Set(without).size).toBe(1)
  })

  test('statements when wrong digits are typed', async () => {
    const typed = new Map<string, { id: string; code: string }>()
    for (const email of EVERYBODY) {
      const { id } = await start(email)
      typed.set(email, { id, code: wrongDigits(await codeOf(email, id)) })
    }
    const refusals: unknown[] = []
    const [known, ...others] = await statementsFor((email) =>
      emailLogins
        .complete(typed.get(email) ?? { id: '', code: '' })
        .catch((error) => refusals.push(error.code)),
    )
    for (const other of others) expect(other).toEqual(known)
    expect(refusals).toEqual(Array(3).fill('email.code_wrong'))
  })

  test('statements, and one hash of the same price, when a wrong password is typed', async () => {
    const refusals: unknown[] = []
    const [known, ...others] = await statementsFor((email) =>
      passwords
        .login({ email, password: `not ${PASSWORD}` }, { network: aNetwork() })
        .catch((error) => refusals.push(error.code)),
    )
    for (const other of others) expect(other).toEqual(known)
    expect(refusals).toEqual(Array(3).fill('password.credentials_wrong'))
    const prices = hashed.map((hash) => hash.split('$').slice(0, 4).join('$'))
    expect(prices).toEqual(Array(3).fill('$argon2id$v=19$m=65536,t=3,p=4'))
  })
})

test('one hash decides, also for the right password', async () => {
  const address = { email: KNOWN.withPassword, password: PASSWORD }
  const { user } = await passwords.login(address, { network: aNetwork() })
  expect(user.kind).toBe('registered')
  expect(hashed).toHaveLength(1)
})
