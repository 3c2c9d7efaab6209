/**
 * What the kit knows of people: one part for each feature whose tables name somebody. An app adds the
 * parts of its own tables with the option `people` of `createPlatform`.
 *
 * @module
 */
import { auditPart } from './features/audit/index.ts'
import { balancePart } from './features/balance/index.ts'
import { billingPart } from './features/billing/index.ts'
import { friendshipsPart } from './features/friendships/index.ts'
import { groupsPart } from './features/groups/index.ts'
import { invitesPart } from './features/invites/index.ts'
import { broadcastsPart, notificationsPart } from './features/notifications/index.ts'
import { paymentsPart } from './features/payments/index.ts'
import { qualityPart } from './features/quality/index.ts'
import { referralsPart } from './features/referrals/index.ts'
import { subscriptionsPart } from './features/subscriptions/index.ts'
import {
  attributionPart,
  ErasureBlocked,
  emailPart,
  streaksPart,
  telegramIdOf,
  telegramSender,
  usersPart,
} from './features/users/index.ts'
import { waitlistPart } from './features/waitlist/index.ts'
import { addMs, DAY_MS } from './kernel/index.ts'
import { httpIdempotency } from './platform/http/http-idempotency.table.ts'
import { blankAnswers, forgetAnswers } from './platform/http/http-idempotency.ts'
import { inboxDelivery } from './platform/inbox/index.ts'
import { type DueWork, job } from './platform/jobs/index.ts'
import { outboxEvent } from './platform/outbox/index.ts'
import type { PersonPart } from './platform/people/index.ts'
import { settingsPart } from './platform/settings/index.ts'
import type { CoreServices } from './services.ts'

export * from './platform/people/index.ts'

/** What somebody has sent, by the name of who they are at Telegram. */
const deliveriesPart: PersonPart<CoreServices> = {
  name: 'deliveries',
  tables: [inboxDelivery],
  merge: async () => {},
  async export({ repos }, userId) {
    const sender = await senderOf(repos, userId)
    const sent = sender ? await repos.personRows.read(inboxDelivery.sender, sender) : []
    return { sent }
  },
  async erase({ repos }, userId) {
    const sender = await senderOf(repos, userId)
    if (!sender) return
    await repos.inbox.forget(sender)
    // One that came in this moment still has to be applied, and tells of whom it is.
    if ((await repos.inbox.countOpenOf(sender)) > 0) throw new ErasureBlocked(['delivery_open'])
  },
  async erasureObstacles({ repos }, userId) {
    const sender = await senderOf(repos, userId)
    return sender && (await repos.inbox.countOpenOf(sender)) > 0 ? ['delivery_open'] : []
  },
}

const SENDERS_BATCH = 1_000

/**
 * Empties what was sent by those whom nobody here is any more: Telegram goes on telling of somebody
 * after they were erased, that they blocked the bot for one.
 */
export const forgetStrangers: DueWork<CoreServices> = {
  name: 'inbox.forget_strangers',
  everyMs: 600_000,
  // Nobody waits for it, so the clock need not stop for it either.
  nextDueAt: async () => null,
  async runDue({ clock, repos }) {
    const since = addMs(clock.now(), -DAY_MS)
    let count = 0
    let after = ''
    for (;;) {
      const senders = await repos.inbox.listSenders({ since, after, limit: SENDERS_BATCH })
      const known = await repos.users.listTelegramIds(senders.map(telegramIdOf))
      const strangers = senders.filter((sender) => !known.has(telegramIdOf(sender)))
      for (const sender of strangers) await repos.inbox.forget(sender)
      count += strangers.length
      const last = senders.at(-1)
      if (last === undefined || senders.length < SENDERS_BATCH) return count
      after = last
    }
  },
}

/** Answers that are kept for whoever asks again; they repeat what stands elsewhere. */
const answersPart: PersonPart<CoreServices> = {
  name: 'answers',
  tables: [httpIdempotency],
  merge: ({ repos }, { guestId }) => forgetAnswers(repos.db, guestId),
  export: async () => ({}),
  async erase({ billing, repos }, userId) {
    await forgetAnswers(repos.db, userId)
    // What tenants asked for with their keys names the customers that somebody is.
    for (const tenantId of await repos.billingTenants.listOfUser(userId)) {
      const ofTenant = billing.forTenant(tenantId)
      const customers = await ofTenant.transaction((tx) => tx.repos.customers.listOfUser(userId))
      const asker = `tenant:${tenantId}`
      for (const { id } of customers) await blankAnswers(repos.db, { asker, names: id })
    }
  },
}

/**
 * Events and jobs: they carry ids, so they stay for their 30 days. What people wrote into those of
 * invitations is taken out by the part that knows it.
 */
const eventsPart: PersonPart<CoreServices> = {
  name: 'events',
  tables: [outboxEvent, job],
  merge: async () => {},
  export: async ({ repos }, userId) => ({
    events: await repos.personRows.read(outboxEvent.userId, userId),
  }),
  erase: async () => {},
}

/**
 * What each feature of core knows of people, in the order in which a guest is merged and a person is
 * erased: messages first, while it is known who sends them, what people have last, once settlements
 * that were under way have been booked.
 */
export const CORE_PEOPLE: readonly PersonPart<CoreServices>[] = [
  deliveriesPart,
  answersPart,
  eventsPart,
  auditPart,
  settingsPart,
  qualityPart,
  paymentsPart,
  subscriptionsPart,
  billingPart,
  friendshipsPart,
  groupsPart,
  invitesPart,
  referralsPart,
  waitlistPart,
  notificationsPart,
  broadcastsPart,
  attributionPart,
  emailPart,
  streaksPart,
  usersPart,
  balancePart,
]

async function senderOf(
  { users }: CoreServices['repos'],
  userId: string,
): Promise<string | undefined> {
  const { telegramId } = await users.getById(userId)
  return telegramId === null ? undefined : telegramSender(telegramId)
}
