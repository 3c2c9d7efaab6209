import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { addMs, newId, VirtualClock } from '../../../kernel/index.ts'
import { databaseError, rows } from '../../../platform/database/index.ts'
import { aCustomer, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import { checkDocument } from '../documents/invoice-document.ts'
import type { TenantBilling } from '../tenant-billing.ts'
import type { OneOffInput } from './invoice.ts'
import { fallOverdueInvoices } from './invoices.jobs.ts'

const clock = new VirtualClock(new Date('2028-01-31T12:00:00Z'))
const { database, services, close } = await testPlatform({ poolSize: 16, clock })
const owner = new pg.Client(database.adminUrl)
await owner.connect()

afterAll(async () => {
  await owner.end()
  await close()
})

const lines = [{ title: 'Work', quantity: '2.5', unitPrice: '33.33' }]

async function aDraft(billing: TenantBilling, fields: Partial<OneOffInput> = {}) {
  const { id: customerId } = await aCustomer(billing)
  return billing.invoices.draft({ customerId, lines, ...fields })
}

async function anInvoice(billing: TenantBilling, fields: Partial<OneOffInput> = {}) {
  return billing.invoices.finalize((await aDraft(billing, fields)).id)
}

describe('a one-off invoice', () => {
  test('is a draft without a number, each line rounded once, then finalized with one', async () => {
    const billing = await aTenant(services, {
      ...{ company: 'Acme GmbH', invoiceSeries: 'AC-8', graceDays: 3, timeZone: 'Asia/Tokyo' },
    })
    const customer = await aCustomer(billing, { timeZone: 'Pacific/Pago_Pago', company: 'Doe Inc' })
    const draft = await billing.invoices.draft({
      customerId: customer.id,
      lines: [...lines, { title: 'Part of a cent', quantity: '0.5', unitPrice: '0.01' }],
      purchaseOrder: 'PO 1',
    })
    expect(draft).toMatchObject({
      ...{ state: 'draft', number: null, currency: 'EUR', purchaseOrder: 'PO 1' },
      ...{ subtotal: 8332n, discount: 0n, tax: 0n, total: 8332n, paid: 0n },
      ...{ seller: { company: 'Acme GmbH' }, buyer: { company: 'Doe Inc' } },
      lines: [
        { place: 1, net: 8332n },
        { place: 2, net: 0n },
      ],
    })
    clock.set(new Date('2028-01-31T15:00:00Z'))
    const invoice = await billing.invoices.finalize(draft.id)
    expect(invoice).toMatchObject({
      ...{ state: 'finalized', number: 'AC-8-000001', issuedOn: '2028-02-01', dueOn: '2028-03-02' },
      // The fourth day after its due day begins, for a customer at UTC-11.
      overdueAt: new Date('2028-03-06T11:00:00Z'),
    })
    const document = await billing.invoices.document(draft.id, { payUrl: 'https://pay.example/1' })
    expect(() => checkDocument(document)).not.toThrow()
    expect(document).toMatchObject({ due: 8332n, payUrl: 'https://pay.example/1' })
    expect(await billing.invoices.getByNumber('AC-8-000001')).toEqual(invoice)
    expect((await billing.invoices.list({ customerId: customer.id })).items).toHaveLength(1)
  })

  test('asks for nothing when it costs nothing: it is paid at once', async () => {
    const billing = await aTenant(services)
    const invoice = await anInvoice(billing, { lines: [{ title: 'Gift', unitPrice: '0' }] })
    expect(invoice).toMatchObject({ state: 'paid', total: 0n, number: 'INV-000001' })
  })

  test.each([
    [{ lines: [] }, 'lines'],
    [{ lines: [{ title: 'x'.repeat(500), unitPrice: '1' }] }, 'lines.0.title'],
    [{ paymentTermsDays: -1 }, 'paymentTermsDays'],
    [{ customerId: 'nobody' }, 'customerId'],
    [{ tip: '1' }, 'tip'],
  ])('is not made with %o', async (wrong, field) => {
    const billing = await aTenant(services)
    await expect(aDraft(billing, wrong as never)).rejects.toMatchObject({ details: { field } })
    expect((await billing.invoices.list()).items).toEqual([])
  })

  test('is none for less than nothing', async () => {
    const billing = await aTenant(services)
    const refused = aDraft(billing, { lines: [{ title: 'Back', unitPrice: '-1' }] })
    await expect(refused).rejects.toMatchObject({ code: 'billing.nothing_to_invoice' })
  })

  test('is listed newest first, page by page, by customer, state and day', async () => {
    const billing = await aTenant(services)
    const { id: customerId } = await aCustomer(billing)
    const ids: string[] = []
    for (let count = 0; count < 5; count++) {
      ids.unshift((await billing.invoices.draft({ customerId, lines })).id)
    }
    await billing.invoices.finalize(ids[1] ?? '')
    const first = await billing.invoices.list({ customerId, state: 'draft' }, { limit: 3 })
    const rest = await billing.invoices.list(
      { customerId, state: 'draft' },
      { limit: 3, cursor: first.nextCursor ?? '' },
    )
    const seen = [...first.items, ...rest.items].map(({ id }) => id)
    expect(seen).toEqual(ids.filter((_, index) => index !== 1))
    const issued = (from: string, until: string) =>
      billing.invoices.list({ issuedFromOn: from, issuedUntilOn: until })
    expect((await issued('2028-01-01', '2028-12-31')).items).toHaveLength(1)
    expect((await issued('2028-03-01', '2028-12-31')).items).toEqual([])
  })
})

describe('numbers', () => {
  test('are without a gap or a double however many are given at once', async () => {
    const billing = await aTenant(services)
    const other = await aTenant(services)
    const drafts: string[] = []
    for (let count = 0; count < 12; count++) drafts.push((await aDraft(billing)).id)
    const theirs = await aDraft(other)
    await Promise.all([
      other.invoices.finalize(theirs.id),
      // Each is finalized by two at once, of whom one is refused.
      ...[...drafts, ...drafts].map((id) => billing.invoices.finalize(id).catch(() => undefined)),
    ])
    const { items } = await billing.invoices.list({}, { limit: 100 })
    expect(items.map(({ sequence }) => Number(sequence)).sort((a, b) => a - b)).toEqual(
      drafts.map((_, index) => index + 1),
    )
    expect((await other.invoices.get(theirs.id)).number).toBe('INV-000001')
  })

  test('leave no gap behind a transaction that fails', async () => {
    const billing = await aTenant(services)
    await anInvoice(billing)
    const draft = await aDraft(billing)
    const failed = billing.transaction(async (tx) => {
      expect((await tx.invoices.finalize(draft.id)).number).toBe('INV-000002')
      throw new Error('after the number')
    })
    await expect(failed).rejects.toThrow('after the number')
    expect((await billing.invoices.get(draft.id)).number).toBeNull()
    expect((await anInvoice(billing)).number).toBe('INV-000002')
  })

  test('are counted for each series, and go on beyond six digits', async () => {
    const billing = await aTenant(services)
    await anInvoice(billing)
    await billing.tenant.update({ invoiceSeries: 'B' })
    expect((await anInvoice(billing)).number).toBe('B-000001')
    await billing.tenant.update({ invoiceSeries: 'INV' })
    await owner.query(
      `update gramkit.billing_invoice_series set last = 999999 where tenant_id = $1 and series = 'INV'`,
      [billing.tenantId],
    )
    expect((await anInvoice(billing)).number).toBe('INV-1000000')
  })
})

describe('a finalized invoice', () => {
  const code = (statement: Promise<unknown>): Promise<string | undefined> =>
    statement.then(
      () => undefined,
      (error: unknown) => databaseError(error)?.code,
    )

  test.each([
    `update gramkit.billing_invoice set total = 1`,
    `update gramkit.billing_invoice set state = 'paid', paid = total`,
    `update gramkit.billing_invoice_line set net = 1`,
    `delete from gramkit.billing_invoice`,
    `delete from gramkit.billing_invoice_line`,
    `insert into gramkit.billing_invoice_line
       select (jsonb_populate_record(l, '{"id": "00000000-0000-7000-8000-000000000001", "place": 9}')).*
       from gramkit.billing_invoice_line l`,
    `update gramkit.billing_invoice_series set last = 0`,
    `delete from gramkit.billing_invoice_series`,
    `truncate gramkit.billing_invoice_line`,
  ])('is not changed by the application: %s', async (statement) => {
    const billing = await aTenant(services)
    const invoice = await anInvoice(billing)
    const refused = billing.transaction((tx) => tx.core.repos.db.execute(sql.raw(statement)))
    expect(['42501', '23001']).toContain(await code(refused))
    expect(await billing.invoices.get(invoice.id)).toEqual(invoice)
  })

  test.each([
    `update gramkit.billing_invoice set buyer = '{}' where tenant_id = $1`,
    `update gramkit.billing_invoice set number = 'INV-000009' where tenant_id = $1`,
    `update gramkit.billing_invoice set state = 'draft' where tenant_id = $1`,
    `update gramkit.billing_invoice set paid = total + 1, state = 'paid' where tenant_id = $1`,
    `update gramkit.billing_invoice_line set net = 1 where tenant_id = $1`,
    `delete from gramkit.billing_invoice where tenant_id = $1`,
    `delete from gramkit.billing_invoice_line where tenant_id = $1`,
    `insert into gramkit.billing_invoice select (jsonb_populate_record(i, jsonb_build_object(
       'id', gen_random_uuid(), 'number', 'X-1', 'sequence', 9))).*
       from gramkit.billing_invoice i where tenant_id = $1`,
  ])('is not changed by the owner of the tables either: %s', async (statement) => {
    const billing = await aTenant(services)
    const invoice = await anInvoice(billing)
    expect(['23001', '23514']).toContain(await code(owner.query(statement, [billing.tenantId])))
    expect(await billing.invoices.get(invoice.id)).toEqual(invoice)
  })

  test.each(['added', 'removed'])(
    'does not have lines that were %s while it was finalized',
    async (how) => {
      const billing = await aTenant(services)
      const draft = await aDraft(billing)
      const other = await aDraft(billing)
      const held = Promise.withResolvers<void>()
      const free = Promise.withResolvers<void>()
      const adding = billing.transaction(async ({ core }) => {
        const removing = sql`delete from gramkit.billing_invoice_line where invoice_id = ${draft.id}`
        const inserting = sql`insert into gramkit.billing_invoice_line
        select (jsonb_populate_record(l, jsonb_build_object('id', ${newId()}::text, 'place', 2,
          'invoice_id', ${draft.id}::text))).*
        from gramkit.billing_invoice_line l where l.invoice_id = ${other.id}`
        await core.repos.db.execute(how === 'removed' ? removing : inserting)
        held.resolve()
        await free.promise
      })
      await held.promise
      const finalizing = billing.invoices.finalize(draft.id)
      finalizing.catch(() => undefined)
      const waiting = sql`select count(*)::int as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`
      const count = z.object({ count: z.number() })
      await expect
        .poll(async () => rows(services.repos.db, waiting, count), { timeout: 8_000 })
        .toEqual([{ count: 1 }])
      free.resolve()
      await adding
      // It waited for the line, and then its lines do not add up to it.
      await expect(finalizing).rejects.toMatchObject({ cause: { code: '23514' } })
      expect((await billing.invoices.get(draft.id)).state).toBe('draft')
    },
  )

  test('keeps what the customer was called, and a draft is thrown away with its lines', async () => {
    const billing = await aTenant(services)
    const invoice = await anInvoice(billing)
    await billing.customers.update(invoice.customerId, { name: 'Renamed' })
    expect((await billing.invoices.get(invoice.id)).buyer.name).toBe('John Doe')
    const draft = await aDraft(billing)
    await billing.invoices.discard(draft.id)
    await expect(billing.invoices.get(draft.id)).rejects.toMatchObject({ kind: 'not_found' })
    await expect(billing.invoices.discard(invoice.id)).rejects.toMatchObject({
      ...{ code: 'billing.invoice_refuses', details: { state: 'finalized', step: 'discard' } },
    })
  })
})

describe('money that comes', () => {
  test('adds up, is never taken twice, and what is too much is left', async () => {
    const billing = await aTenant(services)
    const { id } = await anInvoice(billing)
    const half = await billing.invoices.receive(id, 4166n)
    expect(half).toMatchObject({ taken: 4166n, left: 0n, invoice: { state: 'partially_paid' } })
    const rest = await billing.invoices.receive(id, 5000n)
    expect(rest).toMatchObject({
      taken: 4166n,
      left: 834n,
      invoice: { state: 'paid', paid: 8332n },
    })
    const again = await billing.invoices.receive(id, 8332n)
    expect(again).toMatchObject({ taken: 0n, left: 8332n, invoice: { paid: 8332n } })
  })

  test('all at once is taken once', async () => {
    const billing = await aTenant(services)
    const { id } = await anInvoice(billing)
    const received = await Promise.all(
      Array.from({ length: 6 }, () => billing.invoices.receive(id, 3000n)),
    )
    expect(received.reduce((sum, { taken }) => sum + taken, 0n)).toBe(8332n)
    expect(await billing.invoices.get(id)).toMatchObject({ state: 'paid', paid: 8332n })
  })

  test('goes back as far as it came', async () => {
    const billing = await aTenant(services)
    const { id } = await anInvoice(billing)
    await billing.invoices.receive(id, 8332n)
    expect(await billing.invoices.takeBack(id, 332n)).toMatchObject({ state: 'partially_paid' })
    await expect(billing.invoices.takeBack(id, 8001n)).rejects.toMatchObject({
      code: 'billing.more_than_paid',
    })
    expect(await billing.invoices.takeBack(id, 8000n)).toMatchObject({
      state: 'finalized',
      paid: 0n,
    })
    await expect(billing.invoices.receive(id, 0n)).rejects.toMatchObject({ kind: 'invalid' })
  })

  test('for a void invoice or a draft is left whole; one that was written off takes it', async () => {
    const billing = await aTenant(services)
    const voided = await billing.invoices.void((await anInvoice(billing)).id)
    expect(voided).toMatchObject({ state: 'void', number: 'INV-000001' })
    for (const { id } of [voided, await aDraft(billing)]) {
      expect(await billing.invoices.receive(id, 100n)).toMatchObject({ taken: 0n, left: 100n })
    }
    const lost = await billing.invoices.writeOff((await anInvoice(billing)).id)
    expect(lost.state).toBe('uncollectible')
    expect((await billing.invoices.receive(lost.id, 100n)).invoice.state).toBe('uncollectible')
    expect((await billing.invoices.receive(lost.id, 8232n)).invoice.state).toBe('paid')
  })

  test('keeps an invoice from being made void', async () => {
    const billing = await aTenant(services)
    const { id } = await anInvoice(billing)
    await billing.invoices.receive(id, 1n)
    const refused = { code: 'billing.invoice_refuses', details: { step: 'void' } }
    await expect(billing.invoices.void(id)).rejects.toMatchObject(refused)
    clock.advance(40 * 86_400_000)
    await billing.invoices.fallOverdue()
    await expect(billing.invoices.void(id)).rejects.toMatchObject(refused)
  })
})

describe('an unpaid invoice', () => {
  test('is overdue once the days of grace are over, and not before', async () => {
    const billing = await aTenant(services, { graceDays: 7 })
    const invoice = await anInvoice(billing, { paymentTermsDays: 0 })
    const overdueAt = invoice.overdueAt ?? clock.now()
    clock.set(addMs(overdueAt, -1))
    while ((await fallOverdueInvoices.runDue(services)) > 0);
    expect((await billing.invoices.get(invoice.id)).state).toBe('finalized')
    expect(await fallOverdueInvoices.nextDueAt(services)).toEqual(overdueAt)
    clock.set(overdueAt)
    expect(await fallOverdueInvoices.runDue(services)).toBe(1)
    expect(await fallOverdueInvoices.runDue(services)).toBe(0)
    expect((await billing.invoices.get(invoice.id)).state).toBe('overdue')
    expect((await billing.invoices.receive(invoice.id, 1n)).invoice.state).toBe('overdue')
    expect((await billing.invoices.receive(invoice.id, 8331n)).invoice.state).toBe('paid')
  })
})
