/** Invitations without a database, a server or an event bus: `node core/examples/basic.ts`. */
import { MemoryInvitations, openInvites } from '@gramkit/core/invites'
import { addMs, DAY_MS } from '@gramkit/core/kernel'

const invites = openInvites({ storage: new MemoryInvitations() })

const invitation = await invites.create({
  code: 'WELCOME2024',
  createdBy: 'admin@example.com',
  usageLimit: 5,
  metadata: { campaign: 'winter_2024' },
})
console.log(`Created invitation: ${invitation.code}`)

const validation = await invites.validate({ code: 'WELCOME2024' })
if (validation.isValid) {
  console.log(`Invitation is valid! ${validation.remainingUses} uses remaining`)
}

const use = await invites.use({ code: 'welcome2024', usedBy: 'user@example.com' })
console.log(`Invitation used! ${use.remainingUses} uses remaining`)

// Single-use, which is the default; for ten uses; for any number of uses.
await invites.create({ code: 'SINGLE123', createdBy: 'admin' })
await invites.create({ code: 'MULTI123', createdBy: 'admin', usageLimit: 10 })
await invites.create({ code: 'UNLIMITED', createdBy: 'admin', usageLimit: null })

// For 30 days, and with a code that is drawn.
const { code } = await invites.create({
  createdBy: 'admin',
  expiresAt: addMs(new Date(), 30 * DAY_MS),
})
console.log(`A drawn code has ${code.length} characters`)

const { total, active, uses } = await invites.stats()
console.log(`${total} invitations, ${active} of them active, ${uses} use`)
