import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { newId, VirtualClock } from '../../../kernel/index.ts'
import { databaseError } from '../../../platform/database/index.ts'
import { aCustomer, aPlan, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import type { TenantBilling } from '../tenant-billing.ts'
import type { TenantInput } from '../tenants/tenant.ts'
import { ACCOUNTS, type Account } from './journal.ts'

const clock = new VirtualClock(new Date('2028-01-01T12:00:00Z'))
let year = 2028
const { database, services, close } = await testPlatform({ poolSize: 12, clock })
const [app, owner] = [new pg.Client(database.appUrl), new pg.Client(database.adminUrl)]
await Promise.all([app.connect(), owner.connect()])

afterAll(async () => {
  await Promise.all([app.end(), owner.end()])
  await close()
})

/** A day of the year of a test, as each has one of its own. */
const day = (monthAndDay: string): string => `${year}-${monthAndDay}`
const go = (monthAndDay: string): void => clock.set(new Date(`${day(monthAndDay)}T12:00:00Z`))

/** A tenant that sells with 20 % tax, on the 1st of January of a year. */
async function aSeller(fields: Partial<TenantInput> = {}): Promise<TenantBilling> {
  year += 1
  go('01-01')
  const billing = await aTenant(services, { country: 'DE', ...fields })
  await billing.taxes.add({ country: 'DE', name: 'VAT', rate: '20', fromOn: '2020-01-01' })
  return billing
}

/** Accounts of EUR that are not empty. */
async function accounts(billing: TenantBilling, untilOn?: string) {
  const [of] = await billing.journal.balances({ untilOn })
  const found: Partial<Record<Account, bigint>> = {}
  for (const account of ACCOUNTS) {
    const amount = of?.[account] ?? 0n
    if (amount !== 0n) found[account] = amount
  }
  return found
}

async function anInvoice(billing: TenantBilling, unitPrice = '100') {
  const { id: customerId } = await aCustomer(billing, { country: 'DE' })
  const { id } = await billing.invoices.draft({ customerId, lines: [{ title: 'Work', unitPrice }] })
  return billing.invoices.finalize(id)
}

/** Bills whatever is due by now. */
async function bill(billing: TenantBilling): Promise<void> {
  const { id } = await billing.runs.start()
  while ((await billing.runs.work(id)) === 'worked');
}

/** Begins a subscription that costs 31.00 a month, and bills it. */
async function aSubscription(billing: TenantBilling, when: 'advance' | 'arrears') {
  const charges = [{ key: 'base', title: 'Base', model: 'flat', when, rate: '31' } as const]
  const plan = await aPlan(billing, { charges })
  await billing.plans.publish(plan.id)
  const customer = await aCustomer(billing, { country: 'DE' })
  await billing.subscriptions.create({ customerId: customer.id, planId: plan.id })
  await bill(billing)
  return customer
}

describe('an invoice', () => {
  test('is owed when it is finalized, earned at once where it has no days, and void it is neither', async () => {
    const billing = await aSeller()
    const invoice = await anInvoice(billing)
    expect(await accounts(billing)).toEqual({
      receivable: 12_000n,
      tax: -2_000n,
      revenue: -10_000n,
    })
    await billing.invoices.void(invoice.id)
    expect(await accounts(billing)).toEqual({})
    const { items } = await billing.journal.list({ invoiceId: invoice.id })
    expect(items.map(({ source, receivable }) => [source, receivable])).toEqual([
      ['void', -12_000n],
      ['invoice', 12_000n],
    ])
  })

  test('that is written off is a bad debt, of which money still comes and goes', async () => {
    const billing = await aSeller()
    const invoice = await anInvoice(billing)
    await billing.invoices.writeOff(invoice.id)
    const sold = { tax: -2_000n, revenue: -10_000n }
    expect(await accounts(billing)).toEqual({ badDebt: 12_000n, ...sold })
    const pay = (paymentId: string, amount: bigint) =>
      billing.transaction(async (tx) => {
        const { taken, left } = await tx.invoices.receive(invoice.id, amount)
        await tx.journal.bookReceived({ invoice, paymentId, taken, left })
      })
    const takeBack = (takeBackId: string, amount: bigint) =>
      billing.transaction(async (tx) => {
        await tx.invoices.takeBack(invoice.id, amount)
        await tx.journal.bookTakenBack({ invoice, takeBackId, reopened: amount })
      })
    await pay('p1', 5_000n)
    expect(await accounts(billing)).toEqual({ badDebt: 7_000n, cash: 5_000n, ...sold })
    await takeBack('r1', 1_000n)
    expect(await accounts(billing)).toEqual({ badDebt: 8_000n, cash: 4_000n, ...sold })
    await pay('p2', 8_001n)
    expect(await accounts(billing)).toEqual({ cash: 12_001n, customerCredit: -1n, ...sold })
    await takeBack('r2', 2_000n)
    const open = { receivable: 2_000n, cash: 10_001n, customerCredit: -1n, ...sold }
    expect(await accounts(billing)).toEqual(open)
    await billing.invoices.writeOff(invoice.id)
    expect(await accounts(billing)).toMatchObject({ badDebt: 2_000n, cash: 10_001n })
  })

  test('in advance is deferred and released by the day; the last day has what is left', async () => {
    const billing = await aSeller()
    await aSubscription(billing, 'advance')
    expect(await accounts(billing)).toEqual({ receivable: 3_720n, tax: -620n, deferred: -3_100n })
    go('01-11')
    expect(await billing.revenue.recognise({ throughOn: day('01-10') })).toBe(1)
    expect(await accounts(billing)).toMatchObject({ deferred: -2_100n, revenue: -1_000n })
    expect(await billing.revenue.recognise({ throughOn: day('01-10') })).toBe(0)
    go('02-01')
    expect(await billing.revenue.recognise()).toBe(1)
    expect(await accounts(billing)).toEqual({ receivable: 3_720n, tax: -620n, revenue: -3_100n })
  })

  test('in arrears was earned in the month that ended, before it was owed', async () => {
    const billing = await aSeller()
    await aSubscription(billing, 'arrears')
    expect(await accounts(billing)).toEqual({})
    go('02-01')
    await bill(billing)
    expect(await accounts(billing)).toEqual({ receivable: 3_720n, tax: -620n, unbilled: -3_100n })
    await billing.revenue.recogniseDue()
    expect(await accounts(billing)).toEqual({ receivable: 3_720n, tax: -620n, revenue: -3_100n })
    expect(await accounts(billing, day('01-31'))).toEqual({ unbilled: 3_100n, revenue: -3_100n })
  })
})

describe('a credit note', () => {
  test('reduces what is not earned yet, and only then the revenue', async () => {
    const billing = await aSeller()
    const { id: customerId } = await aSubscription(billing, 'advance')
    const [invoice] = (await billing.invoices.list({ customerId })).items
    if (!invoice) throw new Error('nothing was billed')
    const { lines } = await billing.invoices.get(invoice.id)
    const invoiceLineId = lines[0]?.id ?? ''
    go('01-22')
    const note = (creditNoteId: string, net: bigint) =>
      billing.journal.bookCreditNote({
        ...{ invoice, creditNoteId, lines: [{ invoiceLineId, net, tax: 0n }], toCredit: net },
      })
    // 21 days are earned, 10 days of 1.00 are not.
    await note('c1', 500n)
    const owed = { receivable: 3_720n, tax: -620n }
    expect(await accounts(billing)).toEqual({
      ...{ ...owed, deferred: -500n, revenue: -2_100n, customerCredit: -500n },
    })
    go('01-25')
    await note('c2', 1_000n)
    // 3 days of 0.50 were earned meanwhile; 3.50 were deferred.
    expect(await accounts(billing)).toEqual({
      ...{ ...owed, revenue: -1_600n, customerCredit: -1_500n },
    })
    go('03-01')
    expect(await billing.revenue.recognise()).toBe(0)
  })
})

describe('the database', () => {
  const code = (error: unknown): string => databaseError(error)?.code ?? String(error)

  test('books nothing twice, not even at once', async () => {
    const billing = await aSeller()
    const invoice = await anInvoice(billing)
    const twice = Array.from({ length: 4 }, () =>
      billing.journal.bookReceived({ invoice, paymentId: 'p1', taken: 1n, left: 0n }),
    )
    const outcomes = await Promise.allSettled(twice)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await accounts(billing)).cash).toBe(1n)
  })

  test('refuses what is not balanced, and every change, also to the owner', async () => {
    const billing = await aSeller()
    const invoice = await anInvoice(billing)
    const { id: invoiceId, customerId, currency } = invoice
    const entry = { source: 'payment', sourceId: 'x', invoiceId, customerId, currency } as const
    const on = day('01-01')
    const days = { today: on, on, openFromOn: on, timeZone: 'UTC' }
    const booking = { id: newId(), ...days, at: clock.now() }
    const unbalanced = billing.transaction(({ repos }) =>
      repos.journal.insert([{ ...entry, postings: { cash: 1n } }], booking),
    )
    await expect(unbalanced.catch(code)).resolves.toBe('23514')
    for (const client of [app, owner]) {
      for (const statement of [
        'update gramkit.billing_journal_entry set cash = 0',
        'delete from gramkit.billing_journal_entry',
        'truncate gramkit.billing_journal_entry',
      ]) {
        await client.query('begin')
        await client.query(`select set_config('gramkit.tenant', $1, true)`, [billing.tenantId])
        await expect(client.query(statement).catch(code)).resolves.toMatch(/^(42501|23001)$/)
        await client.query('rollback')
      }
    }
  })
})

describe('a closed month', () => {
  test('takes no entry: what is earned or corrected later counts for the open month', async () => {
    const billing = await aSeller()
    await aSubscription(billing, 'advance')
    await expect(billing.revenue.closeMonth({ month: day('01') })).rejects.toMatchObject({
      code: 'billing.month_not_closable',
    })
    const invoice = await anInvoice(billing)
    go('02-01')
    await bill(billing)
    await billing.revenue.closeMonth({ month: day('01') })
    const january = await accounts(billing, day('01-31'))
    expect(january).toMatchObject({ revenue: -13_100n })
    await expect(billing.revenue.closeMonth({ month: day('01') })).rejects.toMatchObject({
      details: { reason: 'closed' },
    })
    await billing.invoices.void(invoice.id)
    expect(await accounts(billing, day('01-31'))).toEqual(january)
    expect(await accounts(billing)).toMatchObject({ revenue: -3_100n })
    const past = owner.query(
      `insert into gramkit.billing_journal_entry (tenant_id, booking_id, source, source_id, booked_on,
         currency, customer_id, created_at)
       select tenant_id, booking_id, source, 'late', $2, currency, customer_id, created_at
       from gramkit.billing_journal_entry where tenant_id = $1 limit 1`,
      [billing.tenantId, day('01-31')],
    )
    await expect(past).rejects.toThrow('The month is closed')
    expect(await billing.revenue.listClosedMonths()).toMatchObject([{ month: day('01-01') }])
  })
})
