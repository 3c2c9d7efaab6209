/** A process of its own that guesses at somebody's login, so many times at once. */
import { createPlatform } from '@gramkit/core'
import { isAppError } from '@gramkit/core/kernel'
import { z } from 'zod'

const [databaseUrl = '', guesses = ''] = process.argv.slice(2)
const { email, codeId, codes, passwords, networks } = z
  .object({
    email: z.string(),
    codeId: z.uuid(),
    codes: z.array(z.string()),
    passwords: z.int(),
    networks: z.array(z.string()),
  })
  .parse(JSON.parse(guesses))
await using platform = await createPlatform({
  databaseUrl,
  poolSize: 8,
  // Nothing is mailed from here.
  mail: { smtpUrl: 'smtp://127.0.0.1:1', from: 'shop@example.org' },
  codeSecret: process.env['CODE_SECRET'],
})
const { services } = platform

/** Has few under way at a time, so that none waits too long for a connection. */
async function all(count: number, guess: (index: number) => Promise<unknown>): Promise<string[]> {
  const outcomes: string[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) {
      const outcome = guess(next++).then(
        () => 'logged in',
        (error: unknown) => (isAppError(error) ? error.code : String(error)),
      )
      outcomes.push(await outcome)
    }
  }
  await Promise.all(Array.from({ length: 32 }, worker))
  return outcomes
}

const guessed = {
  codes: await all(codes.length, (index) =>
    services.emailLogins.complete({ id: codeId, code: codes[index] ?? '' }),
  ),
  passwords: await all(passwords, (index) =>
    services.passwords.login(
      { email, password: `wrong horse ${index}` },
      { network: networks[index % networks.length] ?? '' },
    ),
  ),
  starts: await all(passwords, (index) =>
    services.emailLogins.start(email, { network: networks[index % networks.length] ?? '' }),
  ),
}
process.stdout.write(JSON.stringify(guessed))
