/** A process of its own in which people of some networks guess at codes of invitations. */
import { createPlatform } from '@gramkit/core'
import { isAppError } from '@gramkit/core/kernel'
import { z } from 'zod'
import { seededChance } from './chance.ts'
import { together } from './together.ts'

const [databaseUrl = '', guesses = ''] = process.argv.slice(2)
const { seed, count, people } = z
  .object({
    seed: z.int(),
    count: z.int(),
    people: z.array(z.object({ userId: z.string(), network: z.string() })),
  })
  .parse(JSON.parse(guesses))
await using platform = await createPlatform({ databaseUrl, poolSize: 8 })
const { guessing, invites } = platform.services
const chance = seededChance(seed)
const letters = Array.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ')
const tries = Array.from({ length: count }, (_, index) => ({
  code: Array.from({ length: 6 }, () => letters[chance.whole(0, letters.length - 1)]).join(''),
  guesser: people[index % people.length] ?? { userId: 'nobody' },
}))
const outcomes = await together(tries, 32, async ({ code, guesser }) => {
  try {
    await guessing.admit(guesser, code)
    await invites.use({ code, usedBy: guesser.userId })
    return 'used'
  } catch (error) {
    return isAppError(error) ? error.code : String(error)
  }
})
const counted = Object.entries(Object.groupBy(outcomes, (outcome) => outcome))
process.stdout.write(
  JSON.stringify(Object.fromEntries(counted.map(([code, list]) => [code, list?.length ?? 0]))),
)
