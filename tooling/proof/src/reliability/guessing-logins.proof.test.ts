import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createPlatform } from '@gramkit/core'
import { startSandbox } from '@gramkit/sandbox'
import { testDatabase } from '@gramkit/services/testing'
import { expect } from 'vitest'
import { z } from 'zod'
import { proof } from '../harness/proof.ts'

const PROGRAM = fileURLToPath(new URL('../harness/guesses-program.ts', import.meta.url))
const CODE_SECRET = 'secret-of-the-codes-in-this-proof'
const EMAIL = 'victim@example.org'
const PASSWORD = 'correct horse battery'
const outcomes = z.array(z.string())
const guessed = z.object({ codes: outcomes, passwords: outcomes, starts: outcomes })

proof('guesses from all sides never exceed the limits, and lock nobody out', async (proof) => {
  const { processes, codes, passwords, networks } = proof.isFull
    ? { processes: 4, codes: 10_000, passwords: 1_000, networks: 40 }
    : { processes: 4, codes: 500, passwords: 60, networks: 1 }
  await using sandbox = await startSandbox()
  await using database = await testDatabase()
  await using platform = await createPlatform({
    databaseUrl: database.appUrl,
    mail: { smtpUrl: sandbox.smtpUrl, from: 'shop@example.org' },
    codeSecret: CODE_SECRET,
  })
  const { services } = platform
  const aCode = async (network: string): Promise<{ id: string; code: string }> => {
    const { id } = await services.emailLogins.start(EMAIL, { network })
    await services.emailLogins.sendCode(id)
    const digits = (await sandbox.control.mailbox(EMAIL)).at(-1)?.text.match(/\d{3} \d{3}/)?.[0]
    return { id, code: digits?.replace(' ', '') ?? '' }
  }
  const victim = await services.emailLogins.complete(await aCode('10.0.0.0/24'))
  const { id: userId } = victim.user
  await services.passwords.set({ userId, sessionId: victim.session.id }, PASSWORD)
  const under = await aCode('10.0.0.0/24')
  const waiting = await aCode('10.0.0.0/24')

  const wrong = Array.from({ length: codes + 1 }, (_, number) => String(number).padStart(6, '0'))
    .filter((code) => code !== under.code)
    .slice(0, codes)
  const outputs = await Promise.all(
    Array.from({ length: processes }, (_, process_) =>
      promisify(execFile)(
        process.execPath,
        [
          ...['-C', 'gramkit-source', PROGRAM, database.appUrl],
          JSON.stringify({
            email: EMAIL,
            codeId: under.id,
            codes: wrong.filter((_code, index) => index % processes === process_),
            passwords: passwords / processes,
            networks: Array.from({ length: networks }, (_, index) => `10.1.${index}.0/24`),
          }),
        ],
        { env: { ...process.env, NODE_OPTIONS: '', CODE_SECRET } },
      ),
    ),
  )
  const all = outputs.map(({ stdout }) => guessed.parse(JSON.parse(stdout)))
  const count = (kind: 'codes' | 'passwords' | 'starts'): Record<string, number> => {
    const codesOf = all.flatMap((one) => one[kind])
    const counted = Object.entries(Object.groupBy(codesOf, (code) => code))
    return Object.fromEntries(counted.map(([code, list]) => [code, list?.length ?? 0]))
  }

  // Of one code five digits were looked at.
  expect(count('codes')).toEqual({ 'email.code_wrong': 5, 'email.code_gone': codes - 5 })
  expect(await services.repos.emailCodes.getById(under.id)).toMatchObject({ attempts: 5 })
  const gone = { code: 'email.code_gone' }
  await expect(services.emailLogins.complete(under)).rejects.toMatchObject(gone)

  // Of passwords ten in an hour from one network, a hundred in a day from all.
  const looked = proof.isFull ? 100 : 10
  const { 'limits.too_many_tries': refused = 0, ...rest } = count('passwords')
  for (const code of Object.keys(rest)) {
    expect(['password.credentials_wrong', 'password.busy']).toContain(code)
  }
  expect(Object.values(rest).reduce((sum, one) => sum + one, 0)).toBe(looked)
  expect(refused).toBe(passwords - looked)

  // Of codes five in an hour for one network, thirty in a day for all; three were the victim's.
  const mailed = proof.isFull ? 27 : 5
  expect(count('starts')).toEqual({
    'logged in': mailed,
    'limits.too_many_tries': passwords - mailed,
  })

  // And the victim is where they were, and comes in elsewhere by the code they have.
  expect((await services.sessions.authenticate(victim.token)).user.id).toBe(userId)
  const elsewhere = await services.emailLogins.complete(waiting)
  expect(elsewhere.user.id).toBe(userId)
  proof.report({ processes, codes, 'codes looked at': 5, passwords, 'passwords looked at': looked })
})
