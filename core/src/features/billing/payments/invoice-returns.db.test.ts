import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { newId } from '../../../kernel/index.ts'
import { GATEWAYS, invoicePayers } from '../../../testing/invoice-payers.ts'
import type { Payment } from '../../payments/index.ts'
import { CreditTooLow } from '../credits/credits.errors.ts'
import type { InvoiceView } from '../invoices/invoices.service.ts'
import type { TenantBilling } from '../tenant-billing.ts'

const payers = await invoicePayers()
const { services, control, clock, anInvoice, anotherInvoice, start, pay, hear } = payers
const { books, creditOf } = payers

afterEach(() => control.faults.clear())
afterAll(async () => {
  await payers.checkBooks()
  await payers.close()
})

async function paid(
  billing: TenantBilling,
  { id: invoiceId }: InvoiceView,
  gateway: string,
): Promise<Payment> {
  const payment = await start(billing, { invoiceId, gateway })
  await pay(payment)
  await hear(payment)
  return services.payments.getById(payment.id)
}

/** An invoice of 100 that was paid as a whole. */
async function aPaidInvoice(way: (typeof GATEWAYS)[number]) {
  const { billing, invoice } = await anInvoice(way)
  const payment = await paid(billing, invoice, way.gateway)
  const refund = (amount?: bigint, id = newId()) =>
    billing.payments.refund({ id, paymentId: payment.id, amount })
  const dispute = (status: 'open' | 'won' | 'lost', amount?: bigint) =>
    services.disputes.record({
      ...{ paymentId: payment.id, reference: 'cb-1', status, amount, actor: 'admin' },
    })
  const state = async () => {
    const { state, paid } = await billing.invoices.get(invoice.id)
    return `${state} ${paid}`
  }
  return { billing, invoice, payment, refund, dispute, state }
}

describe.each(GATEWAYS)('at $gateway', (way) => {
  test('a refund of a part makes the invoice ask for it again, and one of all for all', async () => {
    const { billing, payment, refund, state } = await aPaidInvoice(way)
    expect(await refund(3_000n)).toMatchObject({ status: 'succeeded', amount: 3_000n })
    expect(await state()).toBe('partially_paid 7000')
    await refund()
    expect(await state()).toBe('finalized 0')
    const { returned, takenBack, returns } = await billing.payments.get(payment.id)
    expect({ returned, takenBack }).toEqual({ returned: 10_000n, takenBack: 10_000n })
    expect(returns.map(({ fromInvoice }) => fromInvoice)).toEqual([3_000n, 7_000n])
    expect(await books([payment.id])).toEqual(['payment 100.00', 'refund 30.00', 'refund 70.00'])
  })

  test('what was taken back is asked for and paid again', async () => {
    const { billing, invoice, refund, state } = await aPaidInvoice(way)
    await refund(4_000n)
    const again = await paid(billing, invoice, way.gateway)
    expect(again.amount).toBe(4_000n)
    expect(await state()).toBe('paid 10000')
  })

  test('more than was paid is not given back, asked for at once as well', async () => {
    const { payment, refund, state } = await aPaidInvoice(way)
    await expect(refund(10_001n)).rejects.toMatchObject({ code: 'payments.not_refundable' })
    const asked = await Promise.allSettled([1, 2, 3].map(() => refund(6_000n)))
    expect(asked.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
    expect(await state()).toBe('partially_paid 4000')
    expect(await books([payment.id])).toEqual(['payment 100.00', 'refund 60.00'])
  })

  test('what a credit note released goes back out of the credit, and the invoice stays as it is', async () => {
    const { billing, invoice, payment, refund, state } = await aPaidInvoice(way)
    const lines = [{ lineId: invoice.lines[0]?.id ?? '', amount: 4_000n }]
    const note = await billing.creditNotes.issue({ invoiceId: invoice.id, lines })
    expect(await creditOf(billing, invoice)).toBe(note.released)
    expect(await billing.payments.get(payment.id)).toMatchObject({ taken: 6_000n, left: 4_000n })
    expect(await refund(note.released)).toMatchObject({ status: 'succeeded' })
    expect(await state()).toBe('paid 6000')
    expect(await creditOf(billing, invoice)).toBe(0n)
    const { returns } = await billing.payments.get(payment.id)
    expect(returns).toMatchObject([{ fromInvoice: 0n, fromCredit: 4_000n, lost: 0n }])
  })

  test('a refund that is asked for twice goes back once', async () => {
    const { payment, refund, state } = await aPaidInvoice(way)
    const id = newId()
    await Promise.all([refund(2_500n, id), refund(2_500n, id)])
    await refund(2_500n, id)
    expect(await state()).toBe('partially_paid 7500')
    expect(await books([payment.id])).toEqual(['payment 100.00', 'refund 25.00'])
  })

  test('a refund whose answer was lost goes back once', async () => {
    const { payment, refund, state } = await aPaidInvoice(way)
    await control.faults.add({
      ...{ target: way.gateway, method: 'POST /refunds', kind: 'drop', effect: 'done', times: 3 },
    })
    expect(await refund()).toMatchObject({ status: 'unknown' })
    expect(await state()).toBe('paid 10000')
    clock.advance(60_000)
    await services.paymentsCheck.checkDue()
    expect(await state()).toBe('finalized 0')
    expect(await books([payment.id])).toEqual(['payment 100.00', 'refund 100.00'])
  })

  test('while money is disputed the invoice stays paid; lost, it asks for it again', async () => {
    const { billing, payment, dispute, refund, state } = await aPaidInvoice(way)
    await dispute('open')
    expect(await state()).toBe('paid 10000')
    await expect(refund(1n)).rejects.toMatchObject({ code: 'payments.not_refundable' })
    await Promise.all([dispute('lost'), dispute('lost')])
    expect(await state()).toBe('finalized 0')
    expect(await billing.payments.get(payment.id)).toMatchObject({
      ...{ returned: 10_000n, takenBack: 10_000n, returns: [{ fromInvoice: 10_000n, lost: 0n }] },
    })
  })

  test('a dispute that is won changes nothing', async () => {
    const { dispute, state } = await aPaidInvoice(way)
    await dispute('open', 5_000n)
    await dispute('won', 5_000n)
    expect(await state()).toBe('paid 10000')
  })

  test('a chargeback of an invoice that fell overdue meanwhile leaves it overdue', async () => {
    const { billing, invoice } = await anInvoice(way)
    const payment = await start(billing, {
      invoiceId: invoice.id,
      gateway: way.gateway,
      amount: 5_000n,
    })
    await pay(payment)
    await hear(payment)
    clock.advance(3 * 86_400_000)
    await billing.invoices.fallOverdue()
    await services.disputes.record({
      ...{ paymentId: payment.id, reference: 'cb-2', status: 'lost', actor: 'admin' },
    })
    expect(await billing.invoices.get(invoice.id)).toMatchObject({ state: 'overdue', paid: 0n })
  })
})

describe('money that became credit', () => {
  const [way] = GATEWAYS

  /** An invoice of 100 of which several pages were paid: all but the first became credit. */
  async function paidTwice(times = 2) {
    const { billing, invoice } = await anInvoice(way)
    const request = { invoiceId: invoice.id, gateway: way.gateway }
    const pages = await Promise.all(Array.from({ length: times }, () => start(billing, request)))
    const [, second, third = second] = pages
    if (!second || !third) throw new Error('two pages')
    for (const page of pages) {
      await pay(page)
      await hear(page)
    }
    const refund = ({ id } = second) => billing.payments.refund({ id: newId(), paymentId: id })
    return { billing, invoice, second, third, refund }
  }

  const loseRefunds = () =>
    control.faults.add({
      ...{ target: way.gateway, method: 'POST /refunds', kind: 'error', effect: 'not_done' },
      times: null,
    })

  test('goes back out of the credit, and the invoice stays paid', async () => {
    const { billing, invoice, second, refund } = await paidTwice()
    await refund()
    expect(await creditOf(billing, invoice)).toBe(0n)
    expect(await billing.invoices.get(invoice.id)).toMatchObject({ state: 'paid' })
    expect(await billing.payments.get(second.id)).toMatchObject({
      ...{ returned: 10_000n, takenBack: 0n, returns: [{ fromCredit: 10_000n }] },
    })
  })

  test('is not given back once it is spent, and nothing changes', async () => {
    const { billing, invoice, second, refund } = await paidTwice()
    const next = await anotherInvoice(billing, invoice.customerId, '30')
    expect(next.state).toBe('paid')
    await expect(refund()).rejects.toThrow(CreditTooLow)
    expect(await books([second.id])).toEqual(['payment 100.00'])
    expect(await creditOf(billing, invoice)).toBe(7_000n)
  })

  test('is spent by nobody while a refund of it is under way, and again once that failed', async () => {
    const { billing, invoice, refund } = await paidTwice()
    await loseRefunds()
    const asked = await refund()
    expect(asked).toMatchObject({ status: 'unknown' })
    const { id: nextId, state } = await anotherInvoice(billing, invoice.customerId, '30')
    expect(state).toBe('finalized')
    expect(await billing.credit.apply(nextId)).toBe(0n)
    const { customerId, currency } = invoice
    const payout = billing.credit.payOut({ customerId, currency, amount: 1n })
    await expect(payout).rejects.toThrow(CreditTooLow)
    await services.refunds.fail(asked, 'no')
    expect(await billing.credit.apply(nextId)).toBe(3_000n)
  })

  test('goes back by one of two refunds that ask for it at once', async () => {
    const { billing, invoice, second, third, refund } = await paidTwice(3)
    await anotherInvoice(billing, invoice.customerId, '100')
    await loseRefunds()
    const asked = await Promise.allSettled([refund(second), refund(third)])
    expect(asked.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await control.faults.clear()
    clock.advance(60_000)
    await services.paymentsCheck.checkDue()
    expect(await creditOf(billing, invoice)).toBe(0n)
    const returned = await billing.payments.list(invoice.id)
    expect(returned.flatMap(({ returns }) => returns)).toMatchObject([
      { fromInvoice: 0n, fromCredit: 10_000n, lost: 0n },
    ])
  })

  test('is the tenant’s loss when a bank takes it back after it was spent', async () => {
    const { billing, invoice, second } = await paidTwice()
    await anotherInvoice(billing, invoice.customerId, '30')
    await services.disputes.record({
      ...{ paymentId: second.id, reference: 'cb-3', status: 'lost', actor: 'admin' },
    })
    expect(await billing.payments.get(second.id)).toMatchObject({
      returns: [{ fromInvoice: 0n, fromCredit: 7_000n, lost: 3_000n }],
    })
    expect(await creditOf(billing, invoice)).toBe(0n)
    expect(await billing.invoices.get(invoice.id)).toMatchObject({ state: 'paid' })
  })
})
