import pg from 'pg'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { DAY_MS, InvalidValue, newId } from '../../../kernel/index.ts'
import { GATEWAYS, invoicePayers } from '../../../testing/invoice-payers.ts'
import { PaymentUnderWay } from './invoice-payments.errors.ts'
import { chargeDueInvoices } from './invoice-payments.jobs.ts'

const payers = await invoicePayers()
const { services, database, control, clock, anInvoice, anotherInvoice, start, pay, hear } = payers
const { books } = payers
const admin = new pg.Client(database.adminUrl)
await admin.connect()

const CONSENT = { sessionId: null, textVersion: '2030-01' }

afterEach(() => control.faults.clear())
afterAll(async () => {
  await payers.checkBooks()
  await admin.end()
  await payers.close()
})

/** A customer who has paid 100 and let the method be kept, and is asked for 40 more. */
async function aSaver(way: (typeof GATEWAYS)[number], paymentTermsDays = 0) {
  const { billing, invoice: first } = await anInvoice(way, { autoCharge: true }, paymentTermsDays)
  const { customerId } = first
  const request = { invoiceId: first.id, gateway: way.gateway, consent: CONSENT }
  const payment = await start(billing, request)
  await pay(payment)
  await hear(payment)
  const invoice = await anotherInvoice(billing, customerId, '40')
  const state = async () => (await billing.invoices.get(invoice.id)).state
  const idsOf = async () => (await billing.payments.list(invoice.id)).map(({ id }) => id)
  return { billing, customerId, invoice, payment, state, idsOf }
}

const decline = (target: 'yookassa' | 'stripe', reason: string) =>
  control.faults.add({ target, kind: 'decline', reason, times: 5 })
const chargePath = { yookassa: 'POST /payments', stripe: 'POST /payment_intents' } as const

describe.each(GATEWAYS)('at $gateway', (way) => {
  const { gateway } = way

  test('a method is kept with the payer’s consent alone, and is the one that is charged', async () => {
    const { billing, customerId, payment } = await aSaver(way)
    expect(await billing.paymentMethods.list(customerId)).toMatchObject([
      { gateway, isDefault: true, label: `${gateway}, 2030-01-10` },
    ])
    const { billing: other, invoice } = await anInvoice(way)
    const page = await start(other, { invoiceId: invoice.id, gateway })
    await pay(page)
    await hear(page)
    expect(await other.paymentMethods.list(invoice.customerId)).toEqual([])
    expect(payment.userId).not.toBe(page.userId)
  })

  test('a charge takes all that remains, once for each attempt', async () => {
    const { billing, invoice, state, idsOf } = await aSaver(way)
    expect(await billing.payments.charge(invoice.id, 1)).toMatchObject({
      ...{ outcome: 'paid', payment: { attempt: 1, amount: 4_000n, taken: 4_000n } },
    })
    expect(await state()).toBe('paid')
    expect(await billing.payments.charge(invoice.id, 1)).toMatchObject({ outcome: 'paid' })
    expect(await billing.payments.charge(invoice.id, 2)).toEqual({ outcome: 'nothing_due' })
    expect(await books(await idsOf())).toEqual(['payment 40.00'])
  })

  test('workers who charge at once charge once', async () => {
    const { billing, invoice, state, idsOf } = await aSaver(way)
    const all = await Promise.all([1, 2, 3, 4].map(() => billing.payments.charge(invoice.id, 1)))
    expect(all.filter(({ outcome }) => outcome === 'paid').length).toBeGreaterThan(0)
    expect(all.every(({ outcome }) => outcome === 'paid' || outcome === 'under_way')).toBe(true)
    expect(await state()).toBe('paid')
    expect(await books(await idsOf())).toEqual(['payment 40.00'])
  })

  test('different attempts at once charge once', async () => {
    const { billing, invoice, state, idsOf } = await aSaver(way)
    await Promise.all([1, 2, 3].map((attempt) => billing.payments.charge(invoice.id, attempt)))
    expect(await state()).toBe('paid')
    expect(await books(await idsOf())).toEqual(['payment 40.00'])
  })

  test('a lost answer is no reason to charge again', async () => {
    const { billing, invoice, state, idsOf } = await aSaver(way)
    const lost = { target: gateway, method: chargePath[gateway], kind: 'drop' } as const
    await control.faults.add({ ...lost, effect: 'done', times: 3 })
    for (const attempt of [1, 1, 2]) {
      expect(await billing.payments.charge(invoice.id, attempt)).toMatchObject({
        outcome: 'under_way',
      })
    }
    await expect(start(billing, { invoiceId: invoice.id, gateway })).rejects.toThrow(
      PaymentUnderWay,
    )
    clock.advance(60_000)
    await services.paymentsCheck.checkDue()
    expect(await state()).toBe('paid')
    expect(await billing.payments.charge(invoice.id, 1)).toMatchObject({ outcome: 'paid' })
    expect(await books(await idsOf())).toEqual(['payment 40.00'])
  })

  test('a refusal is kept with its class, and the next attempt is a charge of its own', async () => {
    const { billing, invoice, state } = await aSaver(way)
    await decline(gateway, 'insufficient_funds')
    const declined = await billing.payments.charge(invoice.id, 1)
    expect(declined).toMatchObject({
      ...{ outcome: 'declined', reason: 'insufficient_funds', declineClass: 'temporary' },
      payment: { state: 'closed', attempt: 1 },
    })
    await control.faults.clear()
    // The same attempt has its answer; it is not tried again.
    expect(await billing.payments.charge(invoice.id, 1)).toEqual(declined)
    expect(await billing.reports.activity()).toMatchObject({ payments: 1, failedPayments: 1 })
    expect(await state()).toBe('finalized')
    const { rows: told } = await admin.query(
      `select payload from gramkit.outbox_event
       where name = 'billing.payment_failed' and subject_id = $1`,
      [invoice.id],
    )
    const facts = { tenantId: billing.tenantId, state: 'finalized', amount: '4000' }
    expect(told).toMatchObject([
      { payload: { ...facts, attempt: 1, reason: 'insufficient_funds' } },
    ])
    expect(await billing.payments.charge(invoice.id, 2)).toMatchObject({ outcome: 'paid' })
    expect(await state()).toBe('paid')
  })

  test('a method that is gone for good is a final refusal', async () => {
    const { billing, invoice } = await aSaver(way)
    await decline(gateway, gateway === 'stripe' ? 'stolen_card' : 'card_expired')
    expect(await billing.payments.charge(invoice.id, 1)).toMatchObject({
      ...{ outcome: 'declined', declineClass: 'final' },
    })
  })

  test('what breaks after the provider has charged ends as paid, not as failed', async () => {
    const { billing, invoice, state, idsOf } = await aSaver(way)
    await admin.query(`
      create function gramkit.test_break() returns trigger language plpgsql as $$
        begin raise exception 'the disk is full' using errcode = 'disk_full'; end $$;
      create trigger test_break before update on gramkit.billing_invoice_payment
        for each row execute function gramkit.test_break();`)
    await expect(billing.payments.charge(invoice.id, 1)).rejects.toThrow()
    await admin.query(`drop trigger test_break on gramkit.billing_invoice_payment;
      drop function gramkit.test_break;`)
    expect(await state()).toBe('finalized')
    expect(await billing.payments.charge(invoice.id, 1)).toMatchObject({ outcome: 'under_way' })
    clock.advance(60_000)
    await services.paymentsCheck.checkDue()
    expect(await state()).toBe('paid')
    expect(await books(await idsOf())).toEqual(['payment 40.00'])
  })

  test('while the customer is on a page nothing is charged', async () => {
    const { billing, invoice } = await aSaver(way)
    const page = await start(billing, { invoiceId: invoice.id, gateway })
    expect(await billing.payments.charge(invoice.id, 1)).toEqual({
      ...{ outcome: 'under_way', payment: undefined },
    })
    await services.payments.close(page.id, 'canceled', 'left')
    expect(await billing.payments.charge(invoice.id, 1)).toMatchObject({ outcome: 'paid' })
  })
})

const [yookassa] = GATEWAYS

test('without a method, a gateway or its currency an attempt is refused for good', async () => {
  const { billing, invoice } = await anInvoice({ currency: 'EUR' })
  const refused = async (attempt: number, savedMethodOf?: string) => {
    if (savedMethodOf) {
      const { id } = await billing.paymentMethods.add({
        ...{ customerId: invoice.customerId, gateway: savedMethodOf },
        ...{ savedMethodId: 'pm', label: 'Card' },
      })
      await billing.paymentMethods.setDefault(id)
    }
    const outcome = await billing.payments.charge(invoice.id, attempt)
    return outcome.outcome === 'declined' && `${outcome.reason} ${outcome.declineClass}`
  }
  expect(await refused(1)).toBe('no_method final')
  expect(await refused(2, 'paypal')).toBe('gateway_not_set_up final')
  expect(await refused(3, 'yookassa')).toBe('currency_not_accepted final')
  await expect(billing.payments.charge(invoice.id, 0)).rejects.toThrow(InvalidValue)
  await expect(billing.payments.charge(newId(), 1)).rejects.toMatchObject({ kind: 'not_found' })
})

describe('what is due', () => {
  const runDue = () => chargeDueInvoices.runDue(services)

  test('is charged on its day to customers who want it, by workers at once, once', async () => {
    await runDue()
    const { invoice, state, idsOf } = await aSaver(yookassa, 14)
    const at = await chargeDueInvoices.nextDueAt(services)
    expect(at).toEqual(new Date('2030-01-24T00:00:00Z'))
    await runDue()
    expect(await idsOf()).toEqual([])
    clock.advance(14 * DAY_MS)
    await Promise.all([runDue(), runDue(), runDue()])
    expect(await state()).toBe('paid')
    expect(await books(await idsOf())).toEqual(['payment 40.00'])
    expect(invoice.dueOn).toBe('2030-01-24')
    expect(await chargeDueInvoices.nextDueAt(services)).toBeNull()
  })

  test('is not charged to who has not agreed, and once where it was refused', async () => {
    const { billing, customerId, invoice, idsOf } = await aSaver(yookassa)
    await billing.customers.update(customerId, { autoCharge: false })
    await runDue()
    expect(await idsOf()).toEqual([])
    await billing.customers.update(customerId, { autoCharge: true })
    await decline('yookassa', 'insufficient_funds')
    await runDue()
    await runDue()
    expect(await billing.payments.list(invoice.id)).toMatchObject([
      { attempt: 1, state: 'closed', reason: 'insufficient_funds' },
    ])
  })

  test('is not charged to whoever got the money back', async () => {
    const { billing, customerId, payment } = await aSaver(yookassa)
    const [first] = (await billing.invoices.list({ customerId, state: 'paid' })).items
    await billing.payments.refund({ id: newId(), paymentId: payment.id, amount: 5_000n })
    await runDue()
    expect(await billing.payments.list(first?.id ?? '')).toHaveLength(1)
  })

  test('of one customer holds up none of the others', async () => {
    const { billing, invoice, customerId } = await aSaver(yookassa)
    const method = { customerId, gateway: 'paypal', savedMethodId: 'pm', label: 'Card' }
    await billing.paymentMethods.setDefault((await billing.paymentMethods.add(method)).id)
    const other = await aSaver(yookassa)
    await runDue()
    expect(await other.state()).toBe('paid')
    expect(await billing.payments.list(invoice.id)).toMatchObject([
      { reason: 'gateway_not_set_up', declineClass: 'final' },
    ])
  })
})

test.each(GATEWAYS)(
  'what was credited while the answer of $gateway was lost is not charged',
  async (way) => {
    const { gateway } = way

    const { billing, invoice, state, idsOf } = await aSaver(way)
    const lost = { target: gateway, method: chargePath[gateway], kind: 'error' } as const
    await control.faults.add({ ...lost, effect: 'not_done', times: 3 })
    expect(await billing.payments.charge(invoice.id, 1)).toMatchObject({ outcome: 'under_way' })
    const lines = [{ lineId: invoice.lines[0]?.id ?? '', amount: 1_000n }]
    await billing.creditNotes.issue({ invoiceId: invoice.id, lines })
    clock.advance(60_000)
    await services.paymentsCheck.checkDue()
    expect(await books(await idsOf())).toEqual([])
    // Once the provider may have forgotten the key it says that it has none.
    clock.advance(2 * DAY_MS)
    await services.paymentsCheck.checkDue()
    expect(await billing.payments.charge(invoice.id, 2)).toMatchObject({ outcome: 'paid' })
    expect(await state()).toBe('paid')
    expect(await books(await idsOf())).toEqual(['payment 30.00'])
  },
)
