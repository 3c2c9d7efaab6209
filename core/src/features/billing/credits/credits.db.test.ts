import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { newId, VirtualClock } from '../../../kernel/index.ts'
import { databaseError } from '../../../platform/database/index.ts'
import { aCustomer, aPlan, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import type { TenantBilling } from '../tenant-billing.ts'

const clock = new VirtualClock(new Date('2028-01-31T12:00:00Z'))
const { database, services, close } = await testPlatform({ poolSize: 16, clock })
const owner = new pg.Client(database.adminUrl)
await owner.connect()

afterAll(async () => {
  await owner.end()
  await close()
})

async function aDraft(billing: TenantBilling, customerId: string, unitPrice = '50') {
  return billing.invoices.draft({ customerId, lines: [{ title: 'Work', unitPrice }] })
}

async function anInvoice(billing: TenantBilling, customerId: string, unitPrice = '50') {
  return billing.invoices.finalize((await aDraft(billing, customerId, unitPrice)).id)
}

const grant = (billing: TenantBilling, customerId: string, amount: bigint) =>
  billing.credit.add({ customerId, currency: 'EUR', amount, reason: 'grant' })

const has = async (billing: TenantBilling, customerId: string) =>
  (await billing.credit.balances(customerId)).map(({ currency, amount }) => [currency, amount])

const refusal = (statement: Promise<unknown>): Promise<string | undefined> =>
  statement.then(
    () => undefined,
    (error: unknown) => databaseError(error)?.code,
  )

describe('credit', () => {
  test('adds up by currency, is listed newest first and is in the audit', async () => {
    const billing = await aTenant(services)
    const { id: customerId } = await aCustomer(billing)
    expect(await billing.credit.balances(customerId)).toEqual([])
    await grant(billing, customerId, 300n)
    const last = await billing.credit.add({
      ...{ customerId, currency: 'USD', amount: 5n, reason: 'overpayment', note: 'Too much' },
    })
    await grant(billing, customerId, 200n)
    expect(await has(billing, customerId)).toEqual([
      ['EUR', 500n],
      ['USD', 5n],
    ])
    const page = await billing.credit.list(customerId, { limit: 2 })
    expect(page.items.map(({ amount }) => amount)).toEqual([200n, 5n])
    expect(page.items[1]).toEqual(last)
    const { items } = await billing.auditTrail.list()
    expect(items.filter(({ action }) => action === 'credit.added')).toHaveLength(3)
  })

  test('of one source is given once, however often and at once it is told', async () => {
    const billing = await aTenant(services)
    const { id: customerId } = await aCustomer(billing)
    const told = { customerId, currency: 'EUR', amount: 70n, reason: 'overpayment' } as const
    const source = `payment:${newId()}`
    const entries = await Promise.all(
      Array.from({ length: 5 }, () => billing.credit.add({ ...told, source })),
    )
    expect(new Set(entries.map(({ id }) => id)).size).toBe(1)
    expect(await has(billing, customerId)).toEqual([['EUR', 70n]])
  })

  test.each([
    [{ amount: 0n }, 'amount'],
    [{ amount: -1n }, 'amount'],
    [{ amount: 10n ** 15n + 1n }, 'amount'],
    [{ currency: 'ABC' }, 'currency'],
    [{ reason: 'applied' }, 'reason'],
    [{ note: 'x'.repeat(501) }, 'note'],
    [{ customerId: 'nobody' }, 'customerId'],
  ])('is not given with %o', async (wrong, field) => {
    const billing = await aTenant(services)
    const { id: customerId } = await aCustomer(billing)
    const input = { customerId, currency: 'EUR', amount: 1n, reason: 'grant', ...wrong }
    await expect(billing.credit.add(input as never)).rejects.toMatchObject({ details: { field } })
    await expect(grant(billing, newId(), 1n)).rejects.toMatchObject({ kind: 'not_found' })
    expect(await billing.credit.balances(customerId)).toEqual([])
  })

  test('is paid out as far as it goes, once for a source', async () => {
    const billing = await aTenant(services)
    const { id: customerId } = await aCustomer(billing)
    await grant(billing, customerId, 100n)
    const payout = { customerId, currency: 'EUR', amount: 60n, source: 'transfer:1' } as const
    const outcomes = await Promise.all([
      billing.credit.payOut(payout),
      billing.credit.payOut(payout),
    ])
    expect(outcomes.map(({ amount }) => amount)).toEqual([-60n, -60n])
    expect(await has(billing, customerId)).toEqual([['EUR', 40n]])
    await expect(billing.credit.payOut({ ...payout, source: null })).rejects.toMatchObject({
      ...{ code: 'billing.credit_too_low', details: { balance: '0.40', amount: '0.60' } },
    })
  })
})

test('is booked: given, applied by hand and by itself, and paid out', async () => {
  const billing = await aTenant(services)
  const { id: customerId } = await aCustomer(billing)
  const invoice = await anInvoice(billing, customerId)
  await grant(billing, customerId, 9000n)
  await billing.credit.apply(invoice.id, 2000n)
  await anInvoice(billing, customerId)
  await billing.credit.payOut({ customerId, currency: 'EUR', amount: 500n })
  expect(await billing.journal.balances()).toMatchObject([
    {
      ...{ currency: 'EUR', receivable: 3000n, customerCredit: -1500n },
      ...{ concession: 9000n, cash: -500n },
    },
  ])
})

describe('credit pays an invoice', () => {
  test('as far as both go, and no draft, paid or void one', async () => {
    const billing = await aTenant(services)
    const { id: customerId } = await aCustomer(billing)
    const invoice = await anInvoice(billing, customerId)
    expect(await billing.credit.apply(invoice.id)).toBe(0n)
    await grant(billing, customerId, 6000n)
    expect(await billing.credit.apply(invoice.id, 1000n)).toBe(1000n)
    expect(await billing.invoices.get(invoice.id)).toMatchObject({
      ...{ state: 'partially_paid', paid: 1000n },
    })
    expect(await billing.credit.apply(invoice.id)).toBe(4000n)
    expect(await billing.invoices.get(invoice.id)).toMatchObject({ state: 'paid', paid: 5000n })
    expect(await has(billing, customerId)).toEqual([['EUR', 1000n]])
    const refused = { code: 'billing.invoice_refuses' }
    await expect(billing.credit.apply(invoice.id)).rejects.toMatchObject(refused)
    const draft = await aDraft(billing, customerId)
    await expect(billing.credit.apply(draft.id)).rejects.toMatchObject(refused)
    await expect(billing.credit.apply(draft.id, 0n)).rejects.toMatchObject({
      ...{ kind: 'invalid', details: { field: 'amount' } },
    })
  })

  test('never twice, however many invoices are after it at once', async () => {
    const billing = await aTenant(services)
    const { id: customerId } = await aCustomer(billing)
    const invoices = [
      await anInvoice(billing, customerId),
      await anInvoice(billing, customerId),
      await anInvoice(billing, customerId),
    ]
    await grant(billing, customerId, 7000n)
    const applied = await Promise.all(
      [...invoices, ...invoices].map(({ id }) => billing.credit.apply(id).catch(() => 0n)),
    )
    expect(applied.reduce((sum, each) => sum + each, 0n)).toBe(7000n)
    expect(await has(billing, customerId)).toEqual([['EUR', 0n]])
    const paid = await Promise.all(invoices.map(({ id }) => billing.invoices.get(id)))
    expect(paid.map((invoice) => invoice.paid).sort()).toEqual([0n, 2000n, 5000n])
  })

  test('as soon as it is finalized, and money pays the rest', async () => {
    const billing = await aTenant(services)
    const { id: customerId } = await aCustomer(billing)
    await grant(billing, customerId, 6000n)
    await billing.credit.add({ customerId, currency: 'USD', amount: 9000n, reason: 'grant' })
    const first = await anInvoice(billing, customerId)
    expect(first).toMatchObject({ state: 'paid', paid: 5000n, number: 'INV-000001' })
    const second = await anInvoice(billing, customerId)
    expect(second).toMatchObject({ state: 'partially_paid', paid: 1000n })
    expect(await anInvoice(billing, customerId)).toMatchObject({ state: 'finalized', paid: 0n })
    expect(await billing.invoices.receive(second.id, 5000n)).toMatchObject({
      ...{ taken: 4000n, left: 1000n, invoice: { state: 'paid' } },
    })
    expect(await has(billing, customerId)).toEqual([
      ['EUR', 0n],
      ['USD', 9000n],
    ])
    const { items } = await billing.credit.list(customerId)
    const applied = items.filter(({ reason }) => reason === 'applied')
    expect(applied.map(({ invoiceId, amount }) => [invoiceId, amount])).toEqual([
      [second.id, -1000n],
      [first.id, -5000n],
    ])
  })

  test('of several that are finalized at once is spent once and numbered without a gap', async () => {
    const billing = await aTenant(services)
    const { id: customerId } = await aCustomer(billing)
    await grant(billing, customerId, 12_000n)
    const drafts = await Promise.all(
      Array.from({ length: 6 }, () => aDraft(billing, customerId, '30')),
    )
    const made = await Promise.all(drafts.map(({ id }) => billing.invoices.finalize(id)))
    expect(made.reduce((sum, { paid }) => sum + paid, 0n)).toBe(12_000n)
    expect(made.map(({ sequence }) => Number(sequence)).sort()).toEqual([1, 2, 3, 4, 5, 6])
    expect(await has(billing, customerId)).toEqual([['EUR', 0n]])
  })

  test('stays where it is when the finalizing fails', async () => {
    const billing = await aTenant(services)
    const { id: customerId } = await aCustomer(billing)
    await grant(billing, customerId, 100n)
    const draft = await aDraft(billing, customerId)
    const failed = billing.transaction(async (tx) => {
      expect(await tx.invoices.finalize(draft.id)).toMatchObject({ paid: 100n })
      throw new Error('after the credit')
    })
    await expect(failed).rejects.toThrow('after the credit')
    expect(await has(billing, customerId)).toEqual([['EUR', 100n]])
    expect(await billing.invoices.get(draft.id)).toMatchObject({ state: 'draft', paid: 0n })
  })

  test('that a run makes, the oldest first', async () => {
    const billing = await aTenant(services)
    const plan = await aPlan(billing)
    await billing.plans.publish(plan.id)
    const { id: customerId } = await aCustomer(billing)
    const other = await aCustomer(billing)
    await grant(billing, customerId, 4000n)
    for (const owner of [customerId, customerId, other.id]) {
      await billing.subscriptions.create({ customerId: owner, planId: plan.id })
    }
    const run = await billing.runs.start()
    while ((await billing.runs.work(run.id)) === 'worked');
    const { items } = await billing.invoices.list()
    expect(
      items.map(({ sequence, state, paid }) => ({ sequence, state, paid })).toReversed(),
    ).toEqual([
      { sequence: 1n, state: 'paid', paid: 2999n },
      { sequence: 2n, state: 'partially_paid', paid: 1001n },
      { sequence: 3n, state: 'finalized', paid: 0n },
    ])
    expect(await has(billing, customerId)).toEqual([['EUR', 0n]])
  })
})

describe('the database', () => {
  test.each([
    `update gramkit.billing_credit_entry set amount = amount + 1`,
    `delete from gramkit.billing_credit_entry`,
    `truncate gramkit.billing_credit_entry`,
    `update gramkit.billing_credit_balance set amount = amount + 1`,
    `delete from gramkit.billing_credit_balance`,
    `insert into gramkit.billing_credit_balance
       select tenant_id, customer_id, 'USD', 1, updated_at from gramkit.billing_credit_balance`,
  ])('refuses the application: %s', async (statement) => {
    const billing = await aTenant(services)
    const { id: customerId } = await aCustomer(billing)
    await grant(billing, customerId, 100n)
    const refused = billing.transaction((tx) => tx.core.repos.db.execute(sql.raw(statement)))
    expect(['42501', '23001']).toContain(await refusal(refused))
    expect(await has(billing, customerId)).toEqual([['EUR', 100n]])
  })

  test.each([
    `update gramkit.billing_credit_entry set amount = amount + 1`,
    `delete from gramkit.billing_credit_entry`,
  ])('keeps entries even from the owner of the tables: %s', async (statement) => {
    expect(await refusal(owner.query(statement))).toBe('23001')
  })

  test('lets no credit fall below 0, whoever forgets to look', async () => {
    const billing = await aTenant(services)
    const { id: customerId } = await aCustomer(billing)
    await grant(billing, customerId, 100n)
    const spend = () =>
      billing.transaction((tx) =>
        tx.repos.credits.insertMany([
          {
            ...{ id: newId(), customerId, currency: 'EUR', reason: 'refunded', amount: -60n },
            ...{ invoiceId: null, note: null, source: null, createdAt: clock.now() },
          },
        ]),
      )
    const outcomes = await Promise.all([refusal(spend()), refusal(spend())])
    expect(outcomes.toSorted()).toEqual(['23514', undefined])
    expect(await has(billing, customerId)).toEqual([['EUR', 40n]])
  })
})
