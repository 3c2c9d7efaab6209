import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createPlatform } from '@gramkit/core'
import { newId } from '@gramkit/core/kernel'
import { testDatabase } from '@gramkit/services/testing'
import { expect } from 'vitest'
import { z } from 'zod'
import { proof } from '../harness/proof.ts'

const PROGRAM = fileURLToPath(new URL('../harness/code-guesses-program.ts', import.meta.url))
const PEOPLE_OF_NETWORK = 5
/** Wrong codes that a network and a person may try at once. */
const AT_ONCE = 5
const counts = z.record(z.string(), z.number())

proof(
  'guesses at short codes of invitations are refused before they are looked for',
  async (proof) => {
    const { processes, guesses, networks } = proof.isFull
      ? { processes: 4, guesses: 50_000, networks: 8 }
      : { processes: 2, guesses: 400, networks: 2 }
    await using database = await testDatabase()
    await using platform = await createPlatform({ databaseUrl: database.appUrl })
    const { invites } = platform.services
    for (let made = 0; made < 100; made++) {
      const code = `S${String(made).padStart(2, '0')}HRT`
      await invites.create({ createdBy: 'ada', code, usageLimit: null })
    }
    const people = Array.from({ length: networks * PEOPLE_OF_NETWORK }, (_, index) => ({
      userId: newId(),
      network: `10.2.${index % networks}.0/24`,
    }))
    const outputs = await Promise.all(
      Array.from({ length: processes }, () => {
        const seed = proof.chance.whole(0, 2 ** 31)
        const task = JSON.stringify({ seed, count: guesses / processes, people })
        return promisify(execFile)(
          process.execPath,
          ['-C', 'gramkit-source', PROGRAM, database.appUrl, task],
          { env: { ...process.env, NODE_OPTIONS: '' } },
        )
      }),
    )
    const all = outputs.map(({ stdout }) => counts.parse(JSON.parse(stdout)))
    const count = (code: string): number => all.reduce((sum, one) => sum + (one[code] ?? 0), 0)
    const [lookedFor, refused] = [count('invites.not_found'), count('limits.too_many_tries')]

    expect(count('used')).toBe(0)
    expect(await invites.stats()).toMatchObject({ uses: 0, active: 100 })
    expect(lookedFor + refused).toBe(guesses)
    expect(lookedFor).toBeGreaterThan(0)
    expect(lookedFor).toBeLessThanOrEqual(networks * AT_ONCE)
    if (proof.isFull) expect(refused / guesses).toBeGreaterThanOrEqual(0.999)
    proof.report({ processes, guesses, 'looked for': lookedFor, refused, hits: 0 })
  },
)
