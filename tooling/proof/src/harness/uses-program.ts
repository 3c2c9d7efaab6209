/** A process of its own in which so many people use one code at once. */
import { createPlatform } from '@gramkit/core'
import { isAppError } from '@gramkit/core/kernel'

const [databaseUrl = '', code = '', first = '', count = ''] = process.argv.slice(2)
await using platform = await createPlatform({ databaseUrl, poolSize: 8 })
const results = await Promise.allSettled(
  Array.from({ length: Number(count) }, (_, index) =>
    platform.services.invites.use({ code, usedBy: `user-${Number(first) + index}` }),
  ),
)
const codes = results.map((result) => {
  if (result.status === 'fulfilled') return 'used'
  return isAppError(result.reason) ? result.reason.code : String(result.reason)
})
process.stdout.write(JSON.stringify(codes))
