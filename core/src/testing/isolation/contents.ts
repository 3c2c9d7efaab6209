import type { BilledSubscription, TenantBilling } from '../../features/billing/index.ts'
import { assert, DAY_MS, newId, readDecimal } from '../../kernel/index.ts'
import type { CoreServices } from '../../services.ts'
import { aCustomer, aPlan, PLAN_TERMS } from '../billing.ts'
import { aPerson } from '../people.ts'
import { aPayment } from './paid-invoice.ts'

/**
 * Gives a tenant at least one row in each table of billing. The mark stands wherever a text fits, so
 * that it is seen wherever it gets to.
 */
export async function fillTenant(services: CoreServices, billing: TenantBilling, mark: string) {
  const tenant = await billing.tenant.update({ name: mark })
  const { id: userId } = await aPerson(services)
  const customer = await aCustomer(billing, { name: mark, code: mark, userId })
  const plan = await aPlan(billing, { code: mark, name: mark })
  const version = await billing.plans.publish(plan.id)
  const draft = await billing.plans.draft(plan.id, PLAN_TERMS)
  const coupon = await billing.coupons.create({
    ...{ code: mark, name: mark, percent: '10', duration: 'forever', planIds: [plan.id] },
  })
  const redemption = await billing.coupons.redeem(mark, customer.id)
  const paymentMethod = await billing.paymentMethods.add({
    ...{ customerId: customer.id, gateway: 'yookassa', savedMethodId: mark, label: mark },
  })
  const meter = await billing.meters.create({
    ...{ code: mark, name: mark, unit: 'call', aggregation: 'sum', valueProperty: 'calls' },
  })
  const quota = await billing.quotas.set({
    ...{ customerId: customer.id, meter: meter.code, quantity: '100', kind: 'allowance' },
    ...{ cycle: 'monthly', anchorOn: '2020-01-31' },
  })
  const held = await billing.quotas.reserve({
    ...{ id: newId(), customerId: customer.id, meter: meter.code, quantity: '1' },
  })
  assert(held.outcome === 'reserved', 'The allowance is not used up')
  const { reservation } = held
  const apiKey = await billing.apiKeys.create({ name: mark, scopes: ['customers:read'] })
  const taxRate = await billing.taxes.add({
    ...{ country: 'IS', name: mark, rate: '24', fromOn: '2020-01-01' },
  })
  const exchangeRate = await billing.exchangeRates.add({
    ...{ from: 'EUR', to: 'USD', rate: '1.1', quotedOn: '2020-01-01', source: mark },
  })
  const lines = [{ title: mark, unitPrice: '10' }]
  const invoiceDraft = await billing.invoices.draft({ customerId: customer.id, lines })
  const { id } = await billing.invoices.draft({ customerId: customer.id, lines })
  const invoice = await billing.invoices.finalize(id)
  const creditNote = await billing.creditNotes.issue({
    ...{ invoiceId: invoice.id, reason: mark },
    lines: invoice.lines.map(({ id: lineId }) => ({ lineId, amount: 100n })),
  })
  const creditEntry = await billing.credit.add({
    ...{ customerId: customer.id, currency: 'EUR', amount: 100n, reason: 'grant' },
    ...{ note: mark, source: mark },
  })
  const payment = await aPayment(billing, { invoice, mark })
  const subscription = await billing.subscriptions.create({
    ...{ customerId: customer.id, planId: plan.id },
  })
  const usage = await someUsage(billing, { subscription, meter: meter.code, mark })
  const { id: overId } = await billing.runs.start()
  while ((await billing.runs.work(overId)) === 'worked');
  const run = await billing.runs.start()
  await billing.revenue.closeMonth({ month: '2020-01' })
  const [journalEntry] = (await billing.journal.list({ invoiceId: invoice.id })).items
  assert(journalEntry, 'A finalized invoice is booked')
  return {
    ...{
      tenant,
      userId,
      customer,
      plan,
      version,
      draft,
      coupon,
      redemption,
      paymentMethod,
      apiKey,
      meter,
      usage,
      quota,
      reservation,
    },
    ...{
      ...payment,
      creditEntry,
      creditNote,
      invoiceDraft,
      invoice,
      taxRate,
      exchangeRate,
      subscription,
      run,
      journalEntry,
    },
    ...(await someDebt(billing, { customerId: customer.id, mark })),
    ...(await someWebhook(billing, { customerId: customer.id, mark })),
  }
}

/** An invoice that is gone after, and a fee for days on which it was late. */
async function someDebt(
  billing: TenantBilling,
  { customerId, mark }: { readonly customerId: string; readonly mark: string },
) {
  await billing.dunning.setPolicy({ end: 'nothing' })
  await billing.lateFees.setPolicy({ everyDays: 30 })
  const lines = [{ title: mark, unitPrice: '10' }]
  const [overdue, asked] = [
    await billing.invoices.finalize((await billing.invoices.draft({ customerId, lines })).id),
    await billing.invoices.finalize((await billing.invoices.draft({ customerId, lines })).id),
  ]
  const now = billing.clock.now()
  const dueAt = new Date(now.getTime() + DAY_MS)
  const late = { invoiceId: overdue.id, fromOn: '2020-01-01', periods: 1, dueAt, updatedAt: now }
  const lateFee = {
    ...{ id: newId(), invoiceId: overdue.id, period: 1, fromOn: '2020-01-01' },
    ...{ untilOn: '2020-01-31', owed: 1000n, amount: 10n, feeInvoiceId: asked.id, createdAt: now },
  }
  const dunning = {
    ...{ invoiceId: overdue.id, state: 'open' as const, declineClass: null, step: 0 },
    ...{ openedAt: now, dueAt, ended: null, updatedAt: now },
  }
  await billing.transaction(async ({ repos }) => {
    await repos.dunnings.open([dunning])
    await repos.dunnings.insertStep(overdue.id, 'remind', now)
    await repos.lateFees.follow([late])
    await repos.lateFees.insert(lateFee)
  })
  return { overdue, dunning, lateFee }
}

/** A delivery with a try whose answer nobody knows, to an endpoint that is off: nothing is posted. */
async function someWebhook(
  billing: TenantBilling,
  { customerId, mark }: { readonly customerId: string; readonly mark: string },
) {
  const url = `https://${mark}.invalid/`
  const webhookEndpoint = await billing.webhooks.create({ name: mark, url })
  const lines = [{ title: mark, unitPrice: '10' }]
  await billing.invoices.finalize((await billing.invoices.draft({ customerId, lines })).id)
  const now = billing.clock.now()
  const claim = { now, until: now, perEndpoint: 1 }
  await billing.transaction((tx) => tx.repos.webhookDeliveries.claim(claim))
  await billing.webhooks.disable(webhookEndpoint.id)
  const { items } = await billing.webhooks.listDeliveries()
  const [webhookDelivery] = items
  assert(webhookDelivery, 'Something was told')
  return { webhookEndpoint, webhookDelivery }
}

/** An event, and a period of which it was billed. */
async function someUsage(
  billing: TenantBilling,
  {
    subscription: { id: subscriptionId, customerId },
    meter,
    mark,
  }: { subscription: BilledSubscription; meter: string; mark: string },
) {
  const at = billing.clock.now()
  const properties = { calls: 3, mark }
  const event = { source: 'app', id: mark, customerId, meter, at, properties }
  await billing.usage.record(event)
  const startsAt = new Date(at.getTime() - DAY_MS)
  const endsAt = new Date(at.getTime() + 1)
  const days = { periodStartOn: '2020-01-01', periodEndOn: '2020-02-01' }
  const period = { subscriptionId, customerId, meter, startsAt, endsAt, ...days }
  const totals = await billing.usage.read([period])
  await billing.usage.bill(totals)
  return { event, subscriptionId, startsAt, endsAt, quantity: readDecimal('3') }
}

/** What a tenant has who was filled. */
export type Contents = Awaited<ReturnType<typeof fillTenant>>
