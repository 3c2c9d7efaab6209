import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { DAY_MS, newId, readDecimal, VirtualClock } from '../../../kernel/index.ts'
import { databaseError } from '../../../platform/database/index.ts'
import { aCustomer, aPlan, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import { checkDocument } from '../documents/invoice-document.ts'
import type { TenantBilling } from '../tenant-billing.ts'

const clock = new VirtualClock(new Date('2028-01-31T12:00:00Z'))
const { database, services, close } = await testPlatform({ poolSize: 16, clock })
const owner = new pg.Client(database.adminUrl)
await owner.connect()

afterAll(async () => {
  await owner.end()
  await close()
})

/** An invoice over 100.00 and 50.01 with 19 % of tax: 178.51. */
async function anInvoice(billing: TenantBilling) {
  const { id: customerId } = await aCustomer(billing, { country: 'DE' })
  await billing.taxes
    .add({ country: 'DE', name: 'VAT', rate: '19', fromOn: '2020-01-01' })
    .catch(() => undefined)
  const lines = [
    { title: 'Work', unitPrice: '100' },
    { title: 'Parts', quantity: '3', unitPrice: '16.67' },
  ]
  const { id } = await billing.invoices.draft({ customerId, lines })
  return billing.invoices.finalize(id)
}

const aSeller = () => aTenant(services, { country: 'DE' })

async function has(billing: TenantBilling, customerId: string): Promise<bigint> {
  const [balance] = await billing.credit.balances(customerId)
  return balance?.amount ?? 0n
}

const refusal = (statement: Promise<unknown>): Promise<string | undefined> =>
  statement.then(
    () => undefined,
    (error: unknown) => databaseError(error)?.code,
  )

describe('a credit note', () => {
  test('lowers what an unpaid invoice asks for, and has a number of its own', async () => {
    const billing = await aSeller()
    const invoice = await anInvoice(billing)
    const [line] = invoice.lines
    const note = await billing.creditNotes.issue({
      invoiceId: invoice.id,
      lines: [{ lineId: line?.id ?? '', amount: 1000n }],
      reason: 'Late',
    })
    expect(note).toMatchObject({
      ...{ number: 'CN-000001', issuedOn: '2028-01-31', reason: 'Late', currency: 'EUR' },
      ...{ subtotal: 1000n, tax: 190n, total: 1190n, lowered: 1190n, released: 0n },
    })
    expect(await billing.invoices.get(invoice.id)).toMatchObject({
      ...{ state: 'finalized', credited: 1190n, paid: 0n },
    })
    expect(await billing.creditNotes.get(note.id)).toEqual(note)
    expect(await billing.creditNotes.getByNumber('CN-000001')).toEqual(note)
    const { items } = await billing.creditNotes.list({ invoiceId: invoice.id })
    expect(items.map(({ id }) => id)).toEqual([note.id])
    const rest = await billing.invoices.receive(invoice.id, 20_000n)
    expect(rest).toMatchObject({ taken: 16_661n, left: 3339n, invoice: { state: 'paid' } })
    expect(await has(billing, invoice.customerId)).toBe(0n)
  })

  test('of all of an unpaid invoice leaves nothing to pay, and nothing to credit again', async () => {
    const billing = await aSeller()
    const invoice = await anInvoice(billing)
    const note = await billing.creditNotes.issue({ invoiceId: invoice.id })
    expect(note).toMatchObject({ total: invoice.total, lowered: invoice.total })
    expect(await billing.invoices.get(invoice.id)).toMatchObject({
      ...{ state: 'paid', paid: 0n, credited: invoice.total },
    })
    await expect(billing.creditNotes.issue({ invoiceId: invoice.id })).rejects.toMatchObject({
      ...{ code: 'billing.nothing_to_credit', kind: 'conflict' },
    })
  })

  test('gives what was paid as credit, and what credit had paid as credit again', async () => {
    const billing = await aSeller()
    const invoice = await anInvoice(billing)
    const { id: invoiceId, customerId, total } = invoice
    await billing.credit.add({ customerId, currency: 'EUR', amount: 5000n, reason: 'grant' })
    await billing.credit.apply(invoiceId)
    await billing.invoices.receive(invoiceId, 10_000n)
    const note = await billing.creditNotes.issue({ invoiceId })
    expect(note).toMatchObject({ total, lowered: 2851n, released: 15_000n })
    expect(await billing.invoices.get(invoiceId)).toMatchObject({
      ...{ state: 'paid', paid: 0n, credited: total },
    })
    expect(await has(billing, customerId)).toBe(15_000n)
    const { items } = await billing.credit.list(customerId)
    expect(items.slice(0, 2).map(({ reason, amount }) => [reason, amount])).toEqual([
      ['credit_note', 10_000n],
      ['returned', 5000n],
    ])
  })

  test('is booked with its invoice, whatever paid it and however it was written off', async () => {
    const billing = await aSeller()
    const { id: invoiceId, customerId, lines } = await anInvoice(billing)
    await billing.credit.add({ customerId, currency: 'EUR', amount: 7000n, reason: 'grant' })
    await billing.credit.apply(invoiceId)
    const asked = [{ lineId: lines[0]?.id ?? '', amount: 3333n }]
    await billing.creditNotes.issue({ invoiceId, lines: asked })
    await billing.invoices.writeOff(invoiceId)
    await billing.creditNotes.issue({ invoiceId })
    expect(await has(billing, customerId)).toBe(7000n)
    expect(await billing.invoices.get(invoiceId)).toMatchObject({ state: 'paid', paid: 0n })
    expect(await billing.revenue.verify()).toMatchObject({ differences: [] })
  })

  test('of a paid invoice gives credit that pays the next one', async () => {
    const billing = await aSeller()
    const { id: invoiceId, customerId, total, lines } = await anInvoice(billing)
    await billing.invoices.receive(invoiceId, total)
    const asked = [{ lineId: lines[1]?.id ?? '' }]
    const note = await billing.creditNotes.issue({ invoiceId, lines: asked })
    expect(note).toMatchObject({ total: 5951n, lowered: 0n, released: 5951n })
    const next = await billing.invoices.draft({
      ...{ customerId, lines: [{ title: 'More', unitPrice: '10' }] },
    })
    expect(await billing.invoices.finalize(next.id)).toMatchObject({ state: 'paid', paid: 1190n })
    expect(await has(billing, customerId)).toBe(5951n - 1190n)
    // What customers owe is nothing, and what they have is what the journal says.
    const [booked] = await billing.journal.balances()
    expect(booked).toMatchObject({ customerCredit: -4761n })
  })

  test('brings an overdue subscription back', async () => {
    const billing = await aSeller()
    const plan = await aPlan(billing)
    await billing.plans.publish(plan.id)
    const { id: customerId } = await aCustomer(billing)
    const { id } = await billing.subscriptions.create({ customerId, planId: plan.id })
    await billing.runs.workDue()
    const run = await billing.runs.start()
    while ((await billing.runs.work(run.id)) === 'worked');
    const [invoice] = (await billing.invoices.list({ customerId })).items
    clock.advance(40 * DAY_MS)
    await billing.invoices.fallOverdue()
    expect(await billing.subscriptions.get(id)).toMatchObject({ status: 'past_due' })
    await billing.creditNotes.issue({ invoiceId: invoice?.id ?? '' })
    expect(await billing.subscriptions.get(id)).toMatchObject({ status: 'active' })
  })

  test('is none for a draft, a void invoice or nobody’s', async () => {
    const billing = await aSeller()
    const { id: customerId } = await aCustomer(billing)
    const lines = [{ title: 'Work', unitPrice: '1' }]
    const draft = await billing.invoices.draft({ customerId, lines })
    const voided = await billing.invoices.void((await anInvoice(billing)).id)
    for (const { id } of [draft, voided]) {
      await expect(billing.creditNotes.issue({ invoiceId: id })).rejects.toMatchObject({
        ...{ code: 'billing.invoice_refuses', details: { step: 'credit' } },
      })
    }
    const refused = billing.creditNotes.issue({ invoiceId: newId() })
    await expect(refused).rejects.toMatchObject({ kind: 'not_found' })
    expect((await billing.creditNotes.list()).items).toEqual([])
  })

  test('leaves an invoice that was credited in part to be paid and taken back', async () => {
    const billing = await aSeller()
    const { id: invoiceId, lines } = await anInvoice(billing)
    await billing.creditNotes.issue({ invoiceId, lines: [{ lineId: lines[0]?.id ?? '' }] })
    const { invoice } = await billing.invoices.receive(invoiceId, 5951n)
    expect(invoice.state).toBe('paid')
    expect(await billing.invoices.takeBack(invoiceId, 5951n)).toMatchObject({ state: 'finalized' })
  })

  test('is a document that adds up, in the reader’s language', async () => {
    const billing = await aTenant(services, {
      ...{ country: 'DE', language: 'ru', company: 'ООО «Ромашка»' },
    })
    const { id: invoiceId, lines, discount } = await anInvoice(billing)
    const asked = [{ lineId: lines[0]?.id ?? '' }, { lineId: lines[1]?.id ?? '', amount: 1n }]
    const reason = 'Возврат'
    const { id } = await billing.creditNotes.issue({ invoiceId, lines: asked, reason })
    const document = await billing.creditNotes.document(id)
    expect(() => checkDocument(document)).not.toThrow()
    expect(discount).toBe(0n)
    expect(document).toMatchObject({
      ...{ kind: 'credit_note', invoiceNumber: 'INV-000001', number: 'CN-000001', language: 'ru' },
      ...{ reason, total: 11_901n, taxes: [{ name: 'VAT', taxable: 10_001n, tax: 1900n }] },
      lines: [
        { description: 'Work', quantity: '1', unitPrice: '100', gross: 11_900n },
        { description: 'Parts', quantity: '1', unitPrice: null, net: 1n, tax: 0n },
      ],
    })
  })
})

describe('credit notes at once', () => {
  test('never take back more than the invoice, and are numbered without a gap', async () => {
    const billing = await aSeller()
    const { id: invoiceId, lines, total } = await anInvoice(billing)
    const lineId = lines[0]?.id ?? ''
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () =>
        billing.creditNotes
          .issue({ invoiceId, lines: [{ lineId, amount: 3000n }] })
          .catch(({ code }: { code: string }) => code),
      ),
    )
    const issued = outcomes.flatMap((one) => (typeof one === 'string' ? [] : [one]))
    expect(issued.map(({ sequence }) => Number(sequence)).sort()).toEqual([1, 2, 3])
    const refused = outcomes.filter((one) => typeof one === 'string')
    expect(new Set(refused)).toEqual(new Set(['billing.more_than_invoiced']))
    const rest = await billing.creditNotes.issue({ invoiceId })
    expect(rest.total).toBe(total - issued.reduce((sum, each) => sum + each.total, 0n))
    expect(rest.sequence).toBe(4n)
  })

  test('of money that comes meanwhile lose nothing', async () => {
    const billing = await aSeller()
    const { id: invoiceId, customerId, total } = await anInvoice(billing)
    const [received] = await Promise.all([
      billing.invoices.receive(invoiceId, total),
      billing.creditNotes.issue({ invoiceId }),
    ])
    expect(received.left + (await has(billing, customerId))).toBe(total)
    expect(await billing.invoices.get(invoiceId)).toMatchObject({
      ...{ state: 'paid', paid: 0n, credited: total },
    })
  })

  test('leave no gap behind one that fails', async () => {
    const billing = await aSeller()
    const { id: invoiceId, lines } = await anInvoice(billing)
    const asked = [{ lineId: lines[0]?.id ?? '', amount: 1n }]
    const failed = billing.transaction(async (tx) => {
      await tx.creditNotes.issue({ invoiceId, lines: asked })
      throw new Error('after the number')
    })
    await expect(failed).rejects.toThrow('after the number')
    expect(await billing.creditNotes.issue({ invoiceId })).toMatchObject({ number: 'CN-000001' })
  })
})

describe('the database', () => {
  test.each([
    `update gramkit.billing_credit_note set reason = 'other'`,
    `update gramkit.billing_credit_note_line set net = 1`,
    `delete from gramkit.billing_credit_note_line`,
    `delete from gramkit.billing_credit_note`,
    `truncate gramkit.billing_credit_note_line`,
    `update gramkit.billing_credit_note_series set last = 0`,
    `insert into gramkit.billing_credit_note
       select (jsonb_populate_record(n, '{"id": "00000000-0000-7000-8000-000000000001", "number": "X", "sequence": 9}')).*
       from gramkit.billing_credit_note n`,
    `insert into gramkit.billing_credit_note_line
       select (jsonb_populate_record(l, '{"id": "00000000-0000-7000-8000-000000000001", "place": 9}')).*
       from gramkit.billing_credit_note_line l`,
  ])('refuses the application: %s', async (statement) => {
    const billing = await aSeller()
    const note = await billing.creditNotes.issue({ invoiceId: (await anInvoice(billing)).id })
    const refused = billing.transaction((tx) => tx.core.repos.db.execute(sql.raw(statement)))
    expect(['42501', '23001']).toContain(await refusal(refused))
    expect(await billing.creditNotes.get(note.id)).toEqual(note)
  })

  test.each([
    `update gramkit.billing_credit_note set reason = 'other'`,
    `update gramkit.billing_credit_note_line set net = 1`,
    `delete from gramkit.billing_credit_note_line`,
  ])('keeps credit notes even from the owner of the tables: %s', async (statement) => {
    expect(await refusal(owner.query(statement))).toBe('23001')
  })

  test.each([
    ['more than a line', { net: 10_001n, tax: 1900n }, { net: 10_001n, tax: 1900n }],
    ['lines that do not add up', { net: 2n, tax: 0n }, { net: 1n, tax: 0n }],
    ['more than the invoice', { net: 99_999n, tax: 0n }, { net: 99_999n, tax: 0n }],
  ])('refuses %s, whoever forgets to look', async (_, note, back) => {
    const billing = await aSeller()
    const { id: invoiceId, lines } = await anInvoice(billing)
    const [line] = lines
    const issue = billing.transaction((tx) =>
      tx.repos.creditNotes.issue({
        ...{ id: newId(), invoiceId, reason: null, series: 'CN' },
        ...{ issuedOn: '2028-01-31', at: clock.now() },
        note: {
          ...{ subtotal: note.net, discount: 0n, tax: note.tax, total: note.net + note.tax },
          ...{ discounts: [], taxes: [] },
        },
        lines: [
          {
            ...{ id: newId(), invoiceLineId: line?.id ?? '', title: 'Work', fromOn: null },
            ...{ untilOn: null, quantity: readDecimal('1'), unitPrice: null },
            ...{ ...back, discount: 0n, taxRate: null },
          },
        ],
      }),
    )
    expect(await refusal(issue)).toBe('23514')
    expect(await billing.invoices.get(invoiceId)).toMatchObject({ credited: 0n })
  })
})
