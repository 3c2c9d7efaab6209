import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { DAY_MS, newId, VirtualClock } from '../../../kernel/index.ts'
import { databaseError } from '../../../platform/database/index.ts'
import { aCustomer, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import type { LateFeePolicyInput } from './late-fee.ts'
import { chargeLateFees } from './late-fees.jobs.ts'

const clock = new VirtualClock(new Date('2028-01-31T12:00:00Z'))
const { database, services, close } = await testPlatform({ poolSize: 16, clock })
const owner = new pg.Client(database.adminUrl)
await owner.connect()

afterAll(async () => {
  await owner.end()
  await close()
})

/** An invoice over 1,000.00, due on the day of its making, that is overdue the day after. */
async function anOverdue(policy: Partial<LateFeePolicyInput>) {
  const billing = await aTenant(services, { paymentTermsDays: 0 })
  await billing.lateFees.setPolicy(policy)
  const { id: customerId } = await aCustomer(billing)
  const lines = [{ title: 'Work', unitPrice: '1000' }]
  const { id } = await billing.invoices.draft({ customerId, lines })
  const invoice = await billing.invoices.finalize(id)
  clock.advance(DAY_MS)
  await billing.invoices.fallOverdue()
  return { billing, customerId, invoice }
}

const EIGHT = { fee: { kind: 'percent', rate: '8' } } as const

describe('a late fee', () => {
  test('is asked for by an invoice of its own for days that are over, once', async () => {
    const { billing, invoice, customerId } = await anOverdue(EIGHT)
    clock.advance(29 * DAY_MS)
    await billing.lateFees.chargeDue()
    expect(await billing.lateFees.list(invoice.id)).toEqual([])
    clock.advance(DAY_MS)
    await Promise.all([chargeLateFees.runDue(services), chargeLateFees.runDue(services)])
    const [fee, ...others] = await billing.lateFees.list(invoice.id)
    expect(others).toEqual([])
    // 1000.00 × 8 % / 365 × 30 = 6.5753…
    expect(fee).toMatchObject({ period: 1, owed: 100_000n, amount: 658n })
    const asked = await billing.invoices.get(fee?.feeInvoiceId ?? '')
    expect(asked).toMatchObject({
      ...{ customerId, state: 'finalized', number: 'INV-000002', total: 658n, tax: 0n },
      lines: [{ title: `Late fee: INV-000001, ${fee?.fromOn} – ${lastDay(fee?.untilOn)}` }],
    })
    expect(await billing.invoices.get(invoice.id)).toMatchObject({
      ...invoice,
      state: 'overdue',
      updatedAt: expect.any(Date),
    })
  })

  test('goes on with what is still owed, catches up, and costs no fee itself', async () => {
    const { billing, invoice } = await anOverdue({ ...EIGHT, everyDays: 10 })
    clock.advance(10 * DAY_MS)
    await billing.lateFees.chargeDue()
    await billing.invoices.receive(invoice.id, 50_000n)
    clock.advance(20 * DAY_MS)
    await billing.invoices.fallOverdue()
    for (let round = 0; round < 4; round++) await billing.lateFees.chargeDue()
    const fees = await billing.lateFees.list(invoice.id)
    expect(fees.map(({ owed, amount }) => [owed, amount])).toEqual([
      [100_000n, 219n],
      [50_000n, 110n],
      [50_000n, 110n],
    ])
    expect(fees[1]?.fromOn).toBe(fees[0]?.untilOn)
    for (const { feeInvoiceId } of fees) {
      expect(await billing.lateFees.list(feeInvoiceId)).toEqual([])
    }
  })

  test('is none once the invoice is paid', async () => {
    const { billing, invoice } = await anOverdue({ ...EIGHT, everyDays: 10 })
    await billing.invoices.receive(invoice.id, 100_000n)
    clock.advance(40 * DAY_MS)
    expect(await billing.lateFees.chargeDue()).toBe(1)
    expect(await billing.lateFees.chargeDue()).toBe(0)
    expect(await billing.lateFees.list(invoice.id)).toEqual([])
  })

  test('is none for days on which the invoice was paid, though the money went back', async () => {
    const { billing, invoice } = await anOverdue({ ...EIGHT, everyDays: 10 })
    const all = async () => {
      await billing.invoices.fallOverdue()
      for (let round = 0; round < 8; round++) await billing.lateFees.chargeDue()
      return (await billing.lateFees.list(invoice.id)).map(({ fromOn }) => fromOn)
    }
    clock.advance(10 * DAY_MS)
    const [first] = await all()
    await billing.invoices.receive(invoice.id, 100_000n)
    clock.advance(50 * DAY_MS)
    await billing.invoices.takeBack(invoice.id, 100_000n)
    const backOn = clock.now().toISOString().slice(0, 10)
    clock.advance(9 * DAY_MS)
    expect(await all()).toEqual([first])
    clock.advance(DAY_MS)
    expect(await all()).toEqual([first, backOn])
  })

  test('waits for the days of grace, and counts from the due day all the same', async () => {
    const { billing, invoice } = await anOverdue({ ...EIGHT, everyDays: 5, graceDays: 20 })
    clock.advance(19 * DAY_MS)
    await billing.lateFees.chargeDue()
    expect(await billing.lateFees.list(invoice.id)).toEqual([])
    clock.advance(DAY_MS)
    for (let round = 0; round < 6; round++) await billing.lateFees.chargeDue()
    const fees = await billing.lateFees.list(invoice.id)
    expect(fees.map(({ period }) => period)).toEqual([1, 2, 3, 4])
  })

  test('that cannot be asked for holds up no other', async () => {
    const policy = { ...EIGHT, everyDays: 10 }
    const { billing, customerId, invoice } = await anOverdue(policy)
    const lines = [{ title: 'More work', unitPrice: '500' }]
    const { id } = await billing.invoices.draft({ customerId, lines })
    await billing.invoices.finalize(id)
    clock.advance(DAY_MS)
    await billing.invoices.fallOverdue()
    clock.advance(10 * DAY_MS)
    await owner.query(`
      create function gramkit.test_break() returns trigger language plpgsql as $$
        begin raise exception 'no room'; end $$;
      create trigger test_break before insert on gramkit.billing_late_fee for each row
        when (new.invoice_id = '${invoice.id}') execute function gramkit.test_break();`)
    await expect(billing.lateFees.chargeDue()).rejects.toThrow()
    await owner.query(`drop trigger test_break on gramkit.billing_late_fee;
      drop function gramkit.test_break;`)
    expect(await billing.lateFees.list(id)).toHaveLength(1)
    await billing.lateFees.chargeDue()
    expect(await billing.lateFees.list(invoice.id)).toHaveLength(1)
  })

  test('is flat where the tenant wants it, and none in another currency', async () => {
    const flat = { fee: { kind: 'flat', amounts: { EUR: 500n } }, everyDays: 10 } as const
    const { billing, invoice } = await anOverdue(flat)
    expect(await billing.lateFees.policy()).toEqual({ ...flat, graceDays: 0 })
    clock.advance(10 * DAY_MS)
    await billing.lateFees.chargeDue()
    expect(await billing.lateFees.list(invoice.id)).toMatchObject([{ amount: 500n }])
    await billing.lateFees.setPolicy({ fee: { kind: 'flat', amounts: { USD: '700' } } })
    clock.advance(10 * DAY_MS)
    await billing.lateFees.chargeDue()
    expect(await billing.lateFees.list(invoice.id)).toHaveLength(1)
  })

  test('is not asked for beside a fee, however late that is paid', async () => {
    const flat = { fee: { kind: 'flat', amounts: { EUR: 500n } }, everyDays: 10 } as const
    const { billing, invoice } = await anOverdue(flat)
    clock.advance(10 * DAY_MS)
    await billing.lateFees.chargeDue()
    const [fee] = await billing.lateFees.list(invoice.id)
    const feeInvoiceId = fee?.feeInvoiceId ?? ''
    clock.advance(DAY_MS)
    await billing.invoices.fallOverdue()
    expect((await billing.invoices.get(feeInvoiceId)).state).toBe('overdue')
    clock.advance(20 * DAY_MS)
    for (let round = 0; round < 3; round++) await billing.lateFees.chargeDue()
    expect(await billing.lateFees.list(invoice.id)).toHaveLength(3)
    expect(await billing.lateFees.list(feeInvoiceId)).toEqual([])
  })

  test('is none where nobody asked for one', async () => {
    const { billing, invoice } = await anOverdue({})
    clock.advance(60 * DAY_MS)
    await billing.lateFees.chargeDue()
    expect(await billing.lateFees.list(invoice.id)).toEqual([])
    expect((await billing.invoices.list()).items).toHaveLength(1)
  })

  test('is paid by credit like any invoice', async () => {
    const { billing, customerId, invoice } = await anOverdue({ ...EIGHT, everyDays: 10 })
    await billing.credit.add({ customerId, currency: 'EUR', amount: 1000n, reason: 'grant' })
    clock.advance(10 * DAY_MS)
    await billing.lateFees.chargeDue()
    const [fee] = await billing.lateFees.list(invoice.id)
    expect(await billing.invoices.get(fee?.feeInvoiceId ?? '')).toMatchObject({ state: 'paid' })
    expect(await billing.revenue.verify()).toMatchObject({ differences: [] })
  })

  test('for the same days is refused by the database, and so is a change', async () => {
    const { billing, invoice } = await anOverdue({ ...EIGHT, everyDays: 10 })
    clock.advance(10 * DAY_MS)
    await billing.lateFees.chargeDue()
    const [fee] = await billing.lateFees.list(invoice.id)
    if (!fee) throw new Error('There is a fee')
    const again = billing.transaction((tx) =>
      tx.repos.lateFees.insert({ ...fee, id: newId(), feeInvoiceId: invoice.id }),
    )
    await expect(again).rejects.toSatisfy((error) => databaseError(error)?.code === '23505')
    const changed = billing.transaction((tx) =>
      tx.core.repos.db.execute(sql`update gramkit.billing_late_fee set amount = 1`),
    )
    await expect(changed).rejects.toSatisfy((error) => databaseError(error)?.code === '42501')
  })
})

function lastDay(untilOn = ''): string {
  return new Date(Date.parse(untilOn) - DAY_MS).toISOString().slice(0, 10)
}
