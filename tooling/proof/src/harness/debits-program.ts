/** A process of its own that takes one credit from one user, so many times at once. */
import { createPlatform } from '@gramkit/core'
import { isAppError, newId } from '@gramkit/core/kernel'

const [databaseUrl = '', userId = '', count = ''] = process.argv.slice(2)
await using platform = await createPlatform({ databaseUrl, poolSize: 8 })
const facts = { userId, unit: 'credits', reason: 'proof.spent', reference: 'proof' }
const results = await Promise.allSettled(
  Array.from({ length: Number(count) }, () =>
    platform.services.balance.debit({ ...facts, id: newId(), amount: 1n }),
  ),
)
const codes = results.map((result) => {
  if (result.status === 'fulfilled') return 'posted'
  return isAppError(result.reason) ? result.reason.code : String(result.reason)
})
process.stdout.write(JSON.stringify(codes))
