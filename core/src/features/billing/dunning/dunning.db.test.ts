import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { DAY_MS, VirtualClock } from '../../../kernel/index.ts'
import { databaseError } from '../../../platform/database/index.ts'
import { aCustomer, aPlan, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import type { DeclineClass } from '../payments/invoice-payment.ts'
import type { TenantBilling } from '../tenant-billing.ts'
import { goAfterDebts } from './dunning.jobs.ts'
import type { DunningPolicyInput } from './dunning.ts'
import { hearDecline } from './hear-decline.ts'

const clock = new VirtualClock(new Date('2028-01-31T12:00:00Z'))
const { database, services, close } = await testPlatform({ poolSize: 16, clock })
const owner = new pg.Client(database.adminUrl)
await owner.connect()

afterAll(async () => {
  await owner.end()
  await close()
})

/** A subscription with an invoice that nobody paid, and that is due at once. */
async function aDebt(policy: Partial<DunningPolicyInput> = {}) {
  const billing = await aTenant(services, { paymentTermsDays: 0 })
  await billing.dunning.setPolicy(policy)
  const plan = await aPlan(billing)
  await billing.plans.publish(plan.id)
  const { id: customerId } = await aCustomer(billing, { autoCharge: true })
  const { id: subscriptionId } = await billing.subscriptions.create({
    ...{ customerId, planId: plan.id },
  })
  const run = await billing.runs.start()
  while ((await billing.runs.work(run.id)) === 'worked');
  const [invoice] = (await billing.invoices.list({ customerId })).items
  return { billing, customerId, subscriptionId, invoiceId: invoice?.id ?? '' }
}

/** Lets the invoice fall overdue. */
async function anOverdue(policy: Partial<DunningPolicyInput> = {}) {
  const debt = await aDebt(policy)
  clock.advance(DAY_MS)
  await debt.billing.invoices.fallOverdue()
  return debt
}

const hear = (billing: TenantBilling, invoiceId: string, declineClass: DeclineClass) =>
  billing.transaction((tx) => hearDecline(tx, invoiceId, declineClass))

const kinds = async (billing: TenantBilling, invoiceId: string) =>
  (await billing.dunning.get(invoiceId))?.steps.map(({ kind }) => kind)

async function days(billing: TenantBilling, count: number): Promise<void> {
  for (let day = 0; day < count; day++) {
    clock.advance(DAY_MS)
    await billing.dunning.workDue()
  }
}

const statusOf = async (billing: TenantBilling, id: string) =>
  (await billing.subscriptions.get(id)).status

describe('what nobody paid', () => {
  test('is reminded of on each day of the policy, and then the subscription is paused', async () => {
    const { billing, subscriptionId, invoiceId } = await anOverdue()
    expect(await statusOf(billing, subscriptionId)).toBe('past_due')
    expect(await billing.dunning.get(invoiceId)).toMatchObject({ state: 'open', steps: [] })
    await billing.dunning.workDue()
    expect(await kinds(billing, invoiceId)).toEqual([])
    await days(billing, 13)
    expect(await kinds(billing, invoiceId)).toEqual(['remind', 'remind', 'remind', 'remind'])
    await days(billing, 1)
    expect(await billing.dunning.get(invoiceId)).toMatchObject({
      ...{ state: 'ended', ended: 'pause', dueAt: null },
    })
    expect(await statusOf(billing, subscriptionId)).toBe('paused')
    expect((await billing.invoices.get(invoiceId)).state).toBe('overdue')
  })

  test('once paid lets a paused subscription go on', async () => {
    const { billing, subscriptionId, invoiceId } = await anOverdue({ days: [1], endDay: 2 })
    await days(billing, 2)
    expect(await statusOf(billing, subscriptionId)).toBe('paused')
    const { total } = await billing.invoices.get(invoiceId)
    await billing.invoices.receive(invoiceId, total)
    await billing.dunning.workDue()
    expect(await statusOf(billing, subscriptionId)).toBe('active')
    expect(await billing.dunning.get(invoiceId)).toMatchObject({ state: 'recovered', dueAt: null })
  })

  test('of two invoices that paused a subscription lets it go on when both are paid', async () => {
    const { billing, subscriptionId, invoiceId, customerId } = await aDebt({ days: [1], endDay: 1 })
    await days(billing, 31)
    const run = await billing.runs.start()
    while ((await billing.runs.work(run.id)) === 'worked');
    clock.advance(DAY_MS)
    await billing.invoices.fallOverdue()
    await days(billing, 3)
    const { items } = await billing.invoices.list({ customerId })
    expect(items.map(({ state }) => state)).toEqual(['overdue', 'overdue'])
    const pay = async (invoice: { id: string; total: bigint }) => {
      await billing.invoices.receive(invoice.id, invoice.total)
      await billing.dunning.workDue()
      return statusOf(billing, subscriptionId)
    }
    const [first, second] = items.toSorted((one) => (one.id === invoiceId ? -1 : 1))
    if (!first || !second) throw new Error('two invoices')
    expect(await pay(first)).toBe('paused')
    expect(await pay(second)).toBe('active')
  })

  test('is gone after no more once it is paid, and the subscription is active again', async () => {
    const { billing, subscriptionId, invoiceId } = await anOverdue()
    await days(billing, 1)
    const { total } = await billing.invoices.get(invoiceId)
    await billing.invoices.receive(invoiceId, total)
    expect(await statusOf(billing, subscriptionId)).toBe('active')
    await days(billing, 20)
    expect(await kinds(billing, invoiceId)).toEqual(['remind'])
    expect(await billing.dunning.get(invoiceId)).toMatchObject({ state: 'recovered' })
  })

  test.each([
    ['cancel', 'canceled', 'overdue'],
    ['uncollectible', 'active', 'uncollectible'],
    ['nothing', 'past_due', 'overdue'],
  ] as const)('ends with %s where the tenant wants it', async (end, status, state) => {
    const { billing, subscriptionId, invoiceId } = await anOverdue({ days: [1], endDay: 3, end })
    await days(billing, 3)
    expect(await billing.dunning.get(invoiceId)).toMatchObject({ state: 'ended', ended: end })
    expect(await statusOf(billing, subscriptionId)).toBe(status)
    expect((await billing.invoices.get(invoiceId)).state).toBe(state)
    await days(billing, 5)
    expect(await kinds(billing, invoiceId)).toEqual(['remind', 'end'])
  })

  test('without a subscription ends with nothing but its end', async () => {
    const billing = await aTenant(services, { paymentTermsDays: 0 })
    await billing.dunning.setPolicy({ days: [1], endDay: 1, end: 'cancel' })
    const { id: customerId } = await aCustomer(billing)
    const lines = [{ title: 'Work', unitPrice: '10' }]
    const { id } = await billing.invoices.draft({ customerId, lines })
    await billing.invoices.finalize(id)
    clock.advance(DAY_MS)
    await billing.invoices.fallOverdue()
    await days(billing, 2)
    expect(await billing.dunning.get(id)).toMatchObject({ state: 'ended', ended: 'nothing' })
    expect(await kinds(billing, id)).toEqual(['remind', 'end'])
  })

  test('is gone after by the job, at the moment it says, once by two workers', async () => {
    const { billing, invoiceId } = await anOverdue()
    const dunning = await billing.dunning.get(invoiceId)
    const next = await goAfterDebts.nextDueAt(services)
    expect(next?.getTime()).toBeLessThanOrEqual(dunning?.dueAt?.getTime() ?? 0)
    clock.advance(DAY_MS)
    await Promise.all([goAfterDebts.runDue(services), goAfterDebts.runDue(services)])
    expect(await kinds(billing, invoiceId)).toEqual(['remind'])
  })
})

describe('a declined charge', () => {
  test('makes the subscription past due before its invoice is, and is made again', async () => {
    const { billing, subscriptionId, invoiceId } = await aDebt()
    await hear(billing, invoiceId, 'temporary')
    await hear(billing, invoiceId, 'temporary')
    expect(await statusOf(billing, subscriptionId)).toBe('past_due')
    await days(billing, 1)
    expect(await kinds(billing, invoiceId)).toEqual(['ask_method', 'retry'])
    // Nothing can be charged, which is final: the customer is asked for a method instead.
    expect(await billing.dunning.get(invoiceId)).toMatchObject({ declineClass: 'final' })
  })

  test('that is final asks for another method, and is never made again', async () => {
    const { billing, invoiceId } = await aDebt()
    await hear(billing, invoiceId, 'final')
    await hear(billing, invoiceId, 'final')
    expect(await kinds(billing, invoiceId)).toEqual(['ask_method'])
    await days(billing, 14)
    const asked = Array.from({ length: 5 }, () => 'ask_method')
    expect(await kinds(billing, invoiceId)).toEqual([...asked, 'end'])
    expect(await billing.payments.list(invoiceId)).toEqual([])
  })

  test('of what was paid meanwhile changes nothing', async () => {
    const { billing, subscriptionId, invoiceId } = await aDebt()
    const { total } = await billing.invoices.get(invoiceId)
    await billing.invoices.receive(invoiceId, total)
    await hear(billing, invoiceId, 'final')
    expect(await billing.dunning.get(invoiceId)).toBeUndefined()
    expect(await statusOf(billing, subscriptionId)).toBe('active')
  })

  test.each(['void', 'writeOff'] as const)(
    'of what is asked for no more (%s) leaves an active subscription',
    async (step) => {
      const { billing, subscriptionId, invoiceId } = await aDebt()
      await hear(billing, invoiceId, 'temporary')
      expect(await statusOf(billing, subscriptionId)).toBe('past_due')
      await billing.invoices[step](invoiceId)
      expect(await statusOf(billing, subscriptionId)).toBe('active')
    },
  )

  test('that was paid before its day leaves an active subscription', async () => {
    const { billing, subscriptionId, invoiceId } = await aDebt()
    await hear(billing, invoiceId, 'temporary')
    const { total } = await billing.invoices.get(invoiceId)
    await billing.invoices.receive(invoiceId, total)
    expect(await statusOf(billing, subscriptionId)).toBe('active')
  })
})

test('steps are not written anew', async () => {
  const { billing, invoiceId } = await anOverdue()
  await days(billing, 1)
  const statements = [
    "update gramkit.billing_dunning_step set kind = 'end'",
    'delete from gramkit.billing_dunning_step',
  ]
  for (const statement of statements) {
    const refused = billing.transaction((tx) => tx.core.repos.db.execute(sql.raw(statement)))
    await expect(refused).rejects.toSatisfy((error) => databaseError(error)?.code === '42501')
    await expect(owner.query(statement)).rejects.toMatchObject({ code: '23001' })
  }
  expect(await kinds(billing, invoiceId)).toEqual(['remind'])
})

test.each([{ days: [] }, { days: [2, 1] }, { endDay: 0 }, { end: 'sue' }])(
  'a policy is refused: %o',
  async (wrong) => {
    const billing = await aTenant(services)
    const refused = billing.dunning.setPolicy(wrong as never)
    await expect(refused).rejects.toMatchObject({ kind: 'invalid' })
    expect(await billing.dunning.policy()).toEqual({ days: [1, 3, 5, 7], endDay: 14, end: 'pause' })
  },
)
