import { sql } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { coreHost } from '../../jobs.ts'
import { DAY_MS, newId, VirtualClock } from '../../kernel/index.ts'
import { rows } from '../../platform/database/index.ts'
import { startJobs, subscribe } from '../../platform/jobs/index.ts'
import { aCustomer, aPlan, aTenant } from '../../testing/billing.ts'
import { testPlatform } from '../../testing/platform.ts'
import { BILLING_EVENTS, invoiceEvents } from './billing.events.ts'
import { pricingPlugIns } from './pricing/pricing-plug-in.ts'
import type { TenantBilling } from './tenant-billing.ts'

const plugIns = pricingPlugIns().register('broken', {
  check: () => undefined,
  price: () => {
    throw new TypeError('out of order')
  },
})
const clock = new VirtualClock(new Date('2028-01-31T12:00:00Z'))
const details: object[] = []
const debug = (namespace: string, facts: object, message: string): void => {
  details.push({ namespace, ...facts, message })
}
const { platform, services, close } = await testPlatform({
  ...{ poolSize: 12, clock, billing: { pricingPlugIns: plugIns, debug } },
})

afterAll(close)

const eventRow = z.object({
  name: z.string(),
  subjectId: z.string(),
  payload: z.record(z.string(), z.unknown()),
})

/** All that was told of a tenant, in its order. */
function toldOf({ tenantId }: TenantBilling) {
  return rows(
    platform.database.executor,
    sql`select name, subject_id as "subjectId", payload from gramkit.outbox_event
      where payload ->> 'tenantId' = ${tenantId} order by seq`,
    eventRow,
  )
}

const namesOf = async (billing: TenantBilling): Promise<string[]> =>
  (await toldOf(billing)).map(({ name }) => name.replace('billing.', ''))

async function anInvoice(billing: TenantBilling, unitPrice = '100') {
  const { id: customerId } = await aCustomer(billing)
  const draft = await billing.invoices.draft({ customerId, lines: [{ title: 'Work', unitPrice }] })
  return billing.invoices.finalize(draft.id)
}

async function aSubscription(billing: TenantBilling, terms: Parameters<typeof aPlan>[1] = {}) {
  const plan = await aPlan(billing, terms)
  await billing.plans.publish(plan.id)
  const { id: customerId } = await aCustomer(billing)
  return billing.subscriptions.create({ customerId, planId: plan.id })
}

async function runAll(billing: TenantBilling): Promise<string> {
  const { id } = await billing.runs.start()
  while ((await billing.runs.work(id)) !== 'over');
  return id
}

describe('an invoice', () => {
  test('tells what becomes of it, with its tenant, figures as text, and nothing of people', async () => {
    const billing = await aTenant(services)
    const invoice = await anInvoice(billing)
    await billing.invoices.receive(invoice.id, 4_000n)
    await billing.invoices.receive(invoice.id, 7_000n)
    await billing.invoices.takeBack(invoice.id, 1_000n)
    const told = await toldOf(billing)
    const facts = {
      ...{ tenantId: billing.tenantId, invoiceId: invoice.id, customerId: invoice.customerId },
      ...{ subscriptionId: null, number: 'INV-000001', currency: 'EUR', total: '10000' },
      dueOn: '2028-03-01',
    }
    const state = (name: string, paid: number) => ({ state: name, ...figures(paid) })
    const figures = (paid: number) => ({ paid: String(paid), remaining: String(10_000 - paid) })
    expect(told.map(({ name, payload }) => [name, payload])).toEqual([
      ['billing.invoice_finalized', { ...facts, ...state('finalized', 0) }],
      [
        'billing.payment_succeeded',
        { ...facts, ...state('partially_paid', 4_000), amount: '4000', source: 'payment' },
      ],
      ['billing.invoice_partially_paid', { ...facts, ...state('partially_paid', 4_000) }],
      [
        'billing.payment_succeeded',
        { ...facts, ...state('paid', 10_000), amount: '6000', source: 'payment' },
      ],
      ['billing.invoice_paid', { ...facts, ...state('paid', 10_000) }],
      [
        'billing.payment_taken_back',
        { ...facts, ...state('partially_paid', 9_000), amount: '1000' },
      ],
    ])
    expect(new Set(told.map(({ subjectId }) => subjectId))).toEqual(new Set([invoice.id]))
    const own = details.filter((detail) => Reflect.get(detail, 'invoiceId') === invoice.id)
    expect(own).toEqual(
      told.map(({ name, payload }) => ({
        ...{ namespace: 'billing.events', ...payload, message: name },
      })),
    )
  })

  test('that credit pays says so, as no money came', async () => {
    const billing = await aTenant(services)
    const { id, customerId } = await anInvoice(billing)
    const gift = { customerId, currency: 'EUR', amount: 4_000n, reason: 'grant' } as const
    await billing.credit.add({ ...gift, source: 'gift' })
    await billing.credit.apply(id)
    const told = (await toldOf(billing)).filter(({ name }) => name.includes('payment_'))
    expect(told).toMatchObject([
      { name: 'billing.payment_succeeded', payload: { amount: '4000', source: 'credit' } },
    ])
  })

  test('that asks for nothing is told as paid, and one given up as what it is', async () => {
    const billing = await aTenant(services)
    await anInvoice(billing, '0')
    const [voided, lost] = [await anInvoice(billing), await anInvoice(billing)]
    await billing.invoices.void(voided.id)
    await billing.invoices.writeOff(lost.id)
    expect(await namesOf(billing)).toEqual([
      ...['invoice_finalized', 'invoice_paid', 'invoice_finalized', 'invoice_finalized'],
      ...['invoice_voided', 'invoice_uncollectible'],
    ])
  })

  test('tells nothing when the transaction of its change is rolled back', async () => {
    const billing = await aTenant(services)
    const torn = billing.transaction(async (tx) => {
      await anInvoice(tx)
      throw new Error('the process is gone')
    })
    await expect(torn).rejects.toThrow('the process is gone')
    expect(await toldOf(billing)).toEqual([])
  })

  test('that falls overdue tells of itself and of its subscription, which recovers once paid', async () => {
    const billing = await aTenant(services, { paymentTermsDays: 5 })
    const subscription = await aSubscription(billing)
    await runAll(billing)
    clock.advance(7 * 86_400_000)
    expect(await billing.invoices.fallOverdue()).toBe(1)
    expect(await billing.invoices.fallOverdue()).toBe(0)
    const [invoice] = (await billing.invoices.list()).items
    if (!invoice) throw new Error('nothing was billed')
    await billing.invoices.receive(invoice.id, invoice.total)
    const told = await toldOf(billing)
    expect(told.map(({ name }) => name)).toEqual([
      ...['billing.subscription_created', 'billing.invoice_finalized', 'billing.run_finished'],
      ...['billing.invoice_overdue', 'billing.subscription_past_due'],
      ...['billing.subscription_recovered', 'billing.payment_succeeded', 'billing.invoice_paid'],
    ])
    expect(told[4]).toMatchObject({
      subjectId: subscription.id,
      payload: { customerId: subscription.customerId, status: 'past_due' },
    })
  })
})

describe('a subscription', () => {
  test('tells of each change with the day from which it counts, and of its end', async () => {
    const billing = await aTenant(services)
    const { id } = await aSubscription(billing, { trialDays: 14 })
    await billing.subscriptions.change(id, { quantity: '2' })
    clock.advance(14 * 86_400_000)
    await runAll(billing)
    await billing.subscriptions.pause(id)
    await billing.subscriptions.resume(id)
    await billing.subscriptions.cancel(id, 'now')
    const told = await toldOf(billing)
    expect(told.map(({ name, payload }) => [name, payload['status'], payload['fromOn']])).toEqual([
      ['billing.subscription_created', 'trial', '2028-02-07'],
      ['billing.subscription_changed', 'trial', '2028-02-07'],
      ['billing.subscription_activated', 'active', undefined],
      ['billing.invoice_finalized', undefined, undefined],
      ['billing.run_finished', undefined, undefined],
      ['billing.subscription_paused', 'paused', '2028-02-21'],
      ['billing.subscription_resumed', 'active', '2028-02-21'],
      ['billing.subscription_canceled', 'canceled', '2028-02-21'],
      ['billing.subscription_ended', 'canceled', undefined],
    ])
  })

  test('that ends with its period tells of the end when it has come', async () => {
    const billing = await aTenant(services)
    const { id } = await aSubscription(billing)
    await runAll(billing)
    await billing.subscriptions.cancel(id)
    expect(await namesOf(billing)).not.toContain('subscription_ended')
    clock.advance(40 * 86_400_000)
    await runAll(billing)
    expect((await namesOf(billing)).filter((name) => name === 'subscription_ended')).toHaveLength(1)
  })

  test('that cannot be billed tells why, once', async () => {
    const billing = await aTenant(services)
    const parameters = {}
    const charge = { key: 'odd', title: 'Odd', when: 'advance', model: 'custom' } as const
    await aSubscription(billing, { charges: [{ ...charge, plugIn: 'broken', parameters }] })
    for (let hour = 0; hour < 3; hour++) {
      await runAll(billing)
      clock.advance(3_600_000)
    }
    const parked = (await toldOf(billing)).filter(({ name }) => name.endsWith('parked'))
    expect(parked).toMatchObject([{ payload: { reason: expect.stringContaining('broken') } }])
  })
})

test('a run tells that it waits, and that it is over', async () => {
  const billing = await aTenant(services)
  await aSubscription(billing)
  const { id } = await billing.runs.start({ approvalThreshold: 0n })
  await billing.runs.approve(id)
  while ((await billing.runs.work(id)) !== 'over');
  const told = await toldOf(billing)
  expect(told.filter(({ subjectId }) => subjectId === id)).toMatchObject([
    { name: 'billing.run_waiting', payload: { runId: id } },
    { name: 'billing.run_finished', payload: { runId: id } },
  ])
})

test('who reserves the last of a quota is told of, once', async () => {
  const billing = await aTenant(services)
  const { id: customerId } = await aCustomer(billing)
  const meter = await billing.meters.create({
    ...{ code: 'calls', name: 'Calls', unit: 'call', aggregation: 'sum', valueProperty: 'calls' },
  })
  await billing.quotas.set({
    ...{ customerId, meter: meter.code, quantity: '10', kind: 'allowance', cycle: 'monthly' },
    anchorOn: '2028-01-31',
  })
  const reserve = (quantity: string) =>
    billing.quotas.reserve({ id: newId(), customerId, meter: meter.code, quantity })
  await reserve('9')
  expect(await toldOf(billing)).toEqual([])
  await reserve('1')
  await reserve('1')
  expect(await toldOf(billing)).toMatchObject([
    { name: 'billing.quota_reached', payload: { customerId, meter: 'calls', quantity: '10' } },
  ])
})

describe('telling', () => {
  test('two workers who share a run tell of each invoice once, in the order of its life', async () => {
    const billing = await aTenant(services)
    for (let made = 0; made < 6; made++) await aSubscription(billing)
    clock.advance(86_400_000)
    const { id } = await billing.runs.start()
    const work = async (): Promise<void> => {
      while ((await services.billing.forTenant(billing.tenantId).runs.work(id)) !== 'over');
    }
    await Promise.all([work(), work()])
    expect(await billing.runs.work(id)).toBe('over')
    const told = await toldOf(billing)
    const finalized = told.filter(({ name }) => name === 'billing.invoice_finalized')
    expect(new Set(finalized.map(({ subjectId }) => subjectId)).size).toBe(6)
    expect(finalized).toHaveLength(6)
  })

  test('refuses what is of another tenant', async () => {
    const [billing, other] = [await aTenant(services), await aTenant(services)]
    const foreign = { tenantId: other.tenantId, runId: newId() }
    const event = { id: newId(), name: 'billing.run_finished', version: 1, userId: null }
    const told = { ...event, occurredAt: clock.now(), subjectId: foreign.runId, payload: foreign }
    await expect(billing.transaction((tx) => tx.tell([told]))).rejects.toThrow('of itself')
    expect(await toldOf(other)).toEqual([])
  })

  test('consumers get it in the transaction that marks it delivered, waited for to their end', async () => {
    const billing = await aTenant(services)
    const heard: string[] = []
    let failures = 1
    const jobs = await startJobs({
      ...{ database: platform.database, host: coreHost(platform), roles: [], dueWork: [] },
      subscriptions: [
        subscribe({
          event: invoiceEvents.paid,
          consumer: 'test.hear',
          async handle(tx: typeof services, { payload }) {
            if (payload.tenantId !== billing.tenantId) return
            const own = tx.billing.forTenant(payload.tenantId)
            const { number } = await own.invoices.get(payload.invoiceId)
            if (failures-- > 0) throw new Error('the handler failed after it had waited')
            heard.push(String(number))
          },
        }),
      ],
      logger: { info: () => {}, warn: () => {}, error: () => {} },
    })
    const invoice = await anInvoice(billing)
    await billing.invoices.receive(invoice.id, invoice.total)
    await jobs.settle()
    expect(heard).toEqual([])
    clock.advance(5_000)
    await jobs.settle()
    expect(heard).toEqual(['INV-000001'])
    await jobs.close()
  })

  test('every name is of billing and is given once', () => {
    const names = BILLING_EVENTS.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^billing\.[a-z]+(_[a-z]+)+$/)
  })
})

/** An invoice over 100 that fell overdue the day before. */
async function anOverdue(billing: TenantBilling) {
  const invoice = await anInvoice(billing)
  clock.advance(DAY_MS)
  await billing.invoices.fallOverdue()
  return invoice
}

describe('what nobody paid', () => {
  test('tells what is done about it on the days of the policy, and how that ended', async () => {
    const billing = await aTenant(services, { paymentTermsDays: 0 })
    await billing.dunning.setPolicy({ days: [1, 2], endDay: 3, end: 'uncollectible' })
    const { id } = await anOverdue(billing)
    for (let day = 0; day < 4; day++) {
      clock.advance(DAY_MS)
      await billing.dunning.workDue()
    }
    const told = (await toldOf(billing)).slice(2)
    expect(told).toMatchObject([
      { name: 'billing.dunning_step', payload: { step: 'remind', remaining: '10000' } },
      { name: 'billing.dunning_step', payload: { step: 'remind', state: 'overdue' } },
      { name: 'billing.invoice_uncollectible' },
      {
        ...{ name: 'billing.dunning_ended', subjectId: id },
        payload: { invoiceId: id, ended: 'uncollectible', state: 'uncollectible' },
      },
    ])
    expect(told).toHaveLength(4)
  })

  test('tells of the fee that is asked for beside it, before its invoice', async () => {
    const billing = await aTenant(services, { paymentTermsDays: 0 })
    await billing.lateFees.setPolicy({ fee: { kind: 'percent', rate: '8' }, everyDays: 30 })
    const invoice = await anOverdue(billing)
    clock.advance(30 * DAY_MS)
    await billing.lateFees.chargeDue()
    const [fee] = await billing.lateFees.list(invoice.id)
    const { id: invoiceId, customerId } = invoice
    expect((await toldOf(billing)).slice(2)).toMatchObject([
      {
        ...{ name: 'billing.late_fee_asked', subjectId: invoiceId },
        payload: {
          ...{ tenantId: billing.tenantId, invoiceId, customerId, currency: 'EUR' },
          ...{ feeInvoiceId: fee?.feeInvoiceId, owed: '10000', amount: '66' },
          ...{ fromOn: fee?.fromOn, untilOn: fee?.untilOn },
        },
      },
      { name: 'billing.invoice_finalized', subjectId: fee?.feeInvoiceId },
    ])
  })
})
