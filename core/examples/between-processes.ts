/**
 * What happens in one process is heard in another, over Redis:
 * `node core/examples/between-processes.ts hear redis://localhost:6379`, and `invite` beside it.
 */
import type { EventBus } from '@gramkit/core/bus'
import { openRedisBus } from '@gramkit/core/bus/redis'
import { invitationUsed, MemoryInvitations, openInvites } from '@gramkit/core/invites'

async function invite(events: EventBus): Promise<void> {
  const invites = openInvites({ storage: new MemoryInvitations(), events })
  await invites.create({ code: 'SPRING', createdBy: 'admin', usageLimit: 2 })
  await invites.use({ code: 'SPRING', usedBy: 'ada' })
  await invites.use({ code: 'SPRING', usedBy: 'bob' })
}

/** Listens until a code is used up. */
async function hear(events: EventBus): Promise<void> {
  const usedUp = Promise.withResolvers<void>()
  await events.subscribe(
    invitationUsed,
    ({ payload }) => {
      console.log(`Invitation ${payload.code} used by ${payload.usedBy}`)
      if (payload.isExhausted) usedUp.resolve()
    },
    { name: 'welcome' },
  )
  console.log('Listening')
  await usedUp.promise
}

const [what, url = 'redis://localhost:6379'] = process.argv.slice(2)
await using bus = openRedisBus({
  url,
  onError: (error, { name }) => console.error(`${name} failed: ${error}`),
})
await (what === 'hear' ? hear(bus) : invite(bus))
