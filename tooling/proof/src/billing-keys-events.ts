import { CORE, type MoneyKey } from './money-key.ts'

const BILLING = `${CORE}/features/billing`
const WEBHOOKS = `${BILLING}/webhooks`

const events = [`${BILLING}/billing-events.db.test.ts`]
const notices = [`${BILLING}/notices/notices.db.test.ts`]
const webhooks = [`${WEBHOOKS}/webhooks.db.test.ts`]

/** One rule of what is told, taken away in one place. */
function rule(
  name: string,
  guards: string,
  edit: { readonly file: string; readonly find: string; readonly replace: string },
  tests: readonly string[],
): MoneyKey {
  return { name, guards, edits: [edit], tests }
}

/** What keeps the facts of billing whole: told once, of their own tenant, to who may hear them. */
export const EVENTS_KEYS: readonly MoneyKey[] = [
  rule(
    'events: of their own tenant',
    'nobody tells what became true of another tenant',
    {
      file: `${BILLING}/tenant-billing.ts`,
      find: 'payload.tenantId === this.tenantId',
      replace: "payload.tenantId !== ''",
    },
    events,
  ),
  rule(
    'events: a bill that fails is told once',
    'a subscription that cannot be billed tells of each reason once',
    {
      file: `${BILLING}/runs/bill-batch.ts`,
      find: 'if (parkedReason !== former) await',
      replace: 'if (parkedReason !== null) await',
    },
    events,
  ),
  rule(
    'notices: no reminder of what is paid',
    'nobody is reminded of what they have paid',
    {
      file: `${BILLING}/notices/notices.service.ts`,
      find: "return state === 'overdue'",
      replace: 'return true',
    },
    notices,
  ),
  rule(
    'webhooks: written with the change',
    'nothing is told that was rolled back, and nothing is forgotten',
    {
      file: `${BILLING}/tenant-billing.ts`,
      find: 'await enqueueDeliveries(this, events)',
      replace: 'await this.webhooks.list()',
    },
    webhooks,
  ),
  rule(
    'webhooks: one worker at a time',
    'a delivery is not posted by two workers',
    {
      file: `${WEBHOOKS}/webhook-deliveries.repository.ts`,
      find: ' for update skip locked\n        ) d where',
      replace: '\n        ) d where',
    },
    webhooks,
  ),
  rule(
    'webhooks: each try has its number',
    'what a try came to after the delivery went on changes nothing',
    {
      file: `${WEBHOOKS}/webhook-deliveries.repository.ts`,
      find: "eq(tries, attempts), eq(state, 'pending')",
      replace: 'eq(tries, attempts)',
    },
    webhooks,
  ),
  rule(
    'webhooks: addresses of the public internet',
    'no tenant makes the server call what only the server reaches',
    {
      file: `${CORE}/platform/webhooks/standard-webhook.ts`,
      find: '...(isOpen ? {} : { lookup: lookUpPublic }),',
      replace: '',
    },
    webhooks,
  ),
  rule(
    'webhooks: addresses that are written otherwise',
    'an address of this machine is refused however it is written',
    {
      file: `${CORE}/platform/webhooks/webhook-address.ts`,
      find: 'isIP(address) ? !isPublicAddress(address) :',
      replace: '',
    },
    webhooks,
  ),
  rule(
    'webhooks: no more than the key may read',
    'nobody hears by a webhook what their API key may not read',
    {
      file: `${WEBHOOKS}/webhooks.service.ts`,
      find: 'for (const scope of scopesOf(events)) requireScope(grant, scope)',
      replace: 'scopesOf(events)',
    },
    webhooks,
  ),
  rule(
    'webhooks: given up in the end',
    'nobody is called for ever who takes nothing',
    {
      file: `${WEBHOOKS}/webhooks.service.ts`,
      find: 'answer && number < attemptsMax',
      replace: 'answer && attemptsMax > 0',
    },
    webhooks,
  ),
  rule(
    'webhooks: a key reads no delivery of what it may not read',
    'nobody reads in a delivery what their API key may not read',
    {
      file: `${WEBHOOKS}/webhooks.service.ts`,
      find: 'this.#requireScopes([found.event])',
      replace: '',
    },
    webhooks,
  ),
  rule(
    'webhooks: tenants do not wait for each other',
    'no receiver of one tenant holds up those of another',
    {
      file: `${WEBHOOKS}/webhooks.jobs.ts`,
      find: 'sent > 0 && slow > 0',
      replace: 'sent > 0 && slow < 0',
    },
    webhooks,
  ),
]
