/** Something happens elsewhere when an invitation is used: `node core/examples/event-driven.ts`. */
import { InProcessBus } from '@gramkit/core/bus'
import {
  invitationCreated,
  invitationLimitReached,
  invitationUsed,
  MemoryInvitations,
  openInvites,
} from '@gramkit/core/invites'

const bus = new InProcessBus({
  onError: (error, { name }) => console.log(`${name} failed: ${error}`),
})
const invites = openInvites({ storage: new MemoryInvitations(), events: bus })

await bus.subscribe(
  invitationCreated,
  ({ payload }) => console.log(`Campaign ${payload.metadata['campaign']} has ${payload.code}`),
  { name: 'campaigns' },
)
await bus.subscribe(
  invitationUsed,
  ({ payload }) => console.log(`Invitation ${payload.code} used by ${payload.usedBy}`),
  { name: 'welcome' },
)
await bus.subscribe(
  invitationUsed,
  () => {
    throw new Error('the mail server is away')
  },
  { name: 'mail' },
)
await bus.subscribe(
  invitationLimitReached,
  ({ payload }) => console.log(`${payload.finalUsedBy} had the last of ${payload.usageLimit}`),
  { name: 'campaign_ends' },
)

await invites.create({
  code: 'SPRING',
  createdBy: 'admin',
  usageLimit: 2,
  metadata: { campaign: 'spring' },
})
await invites.use({ code: 'SPRING', usedBy: 'ada' })
await invites.use({ code: 'SPRING', usedBy: 'bob' })
await bus.close()
