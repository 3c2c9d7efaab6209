import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { DAY_MS, newId } from '../../../kernel/index.ts'
import { GATEWAYS, invoicePayers } from '../../../testing/invoice-payers.ts'

const payers = await invoicePayers()
const { services, control, clock, anInvoice, anotherInvoice, start, pay, hear, books } = payers

const HOUR_MS = 3_600_000
const CONSENT = { sessionId: null, textVersion: '2030-01' }

afterEach(() => control.faults.clear())
afterAll(async () => {
  await payers.checkBooks()
  await payers.close()
})

/** A customer with a saved method whose second invoice was charged and declined. */
async function aDeclined({ gateway, currency }: (typeof GATEWAYS)[number], reason: string) {
  const { billing, invoice: first } = await anInvoice({ currency }, { autoCharge: true })
  const payment = await start(billing, { invoiceId: first.id, gateway, consent: CONSENT })
  await pay(payment)
  await hear(payment)
  const { id: invoiceId } = await anotherInvoice(billing, first.customerId, '40')
  await control.faults.add({ target: gateway, kind: 'decline', reason, times: 5 })
  expect(await billing.payments.charge(invoiceId, 1)).toMatchObject({ outcome: 'declined' })
  const told = async () => {
    const dunning = await billing.dunning.get(invoiceId)
    const { state } = await billing.invoices.get(invoiceId)
    return [dunning?.state, ...(dunning?.steps.map(({ kind }) => kind) ?? []), state]
  }
  const paid = async () => {
    const payments = await billing.payments.list(invoiceId)
    return books(payments.map(({ id }) => id))
  }
  const day = () => {
    clock.advance(DAY_MS)
    return billing.dunning.workDue()
  }
  return { billing, invoiceId, told, paid, day }
}

describe.each(GATEWAYS)('at $gateway', (way) => {
  test('a charge that may pass is made again on its day, and what is paid is recovered', async () => {
    const { told, paid, day } = await aDeclined(way, 'insufficient_funds')
    expect(await told()).toEqual(['open', 'finalized'])
    await day()
    expect(await told()).toEqual(['open', 'retry', 'finalized'])
    await day()
    await control.faults.clear()
    await day()
    expect(await told()).toEqual(['recovered', 'retry', 'paid'])
    expect(await paid()).toEqual(['payment 40.00'])
  })

  test('whoever wants to be charged no more is reminded instead', async () => {
    const { billing, invoiceId, told, paid, day } = await aDeclined(way, 'insufficient_funds')
    const { customerId } = await billing.invoices.get(invoiceId)
    await billing.customers.update(customerId, { autoCharge: false })
    await control.faults.clear()
    await day()
    expect(await told()).toEqual(['open', 'remind', 'finalized'])
    expect(await paid()).toEqual([])
  })

  test('what was written off is not charged', async () => {
    const { billing, invoiceId, told, paid, day } = await aDeclined(way, 'insufficient_funds')
    await billing.invoices.writeOff(invoiceId)
    await control.faults.clear()
    await day()
    expect(await told()).toEqual(['recovered', 'uncollectible'])
    expect(await paid()).toEqual([])
  })

  test('while the customer is on a page the charge is put off, and not given up', async () => {
    const { billing, invoiceId, told, paid, day } = await aDeclined(way, 'insufficient_funds')
    await control.faults.clear()
    const page = await start(billing, { invoiceId, gateway: way.gateway })
    await day()
    expect(await told()).toEqual(['open', 'finalized'])
    expect(await billing.dunning.workDue()).toBe(0)
    await services.payments.close(page.id, 'canceled', 'left')
    clock.advance(HOUR_MS)
    await billing.dunning.workDue()
    expect(await told()).toEqual(['recovered', 'paid'])
    expect(await paid()).toEqual(['payment 40.00'])
  })

  test('what was paid by a retry and went back is charged by retries of its own', async () => {
    const { billing, invoiceId, told, paid, day } = await aDeclined(way, 'insufficient_funds')
    await control.faults.clear()
    await day()
    const [, retried] = await billing.payments.list(invoiceId)
    await billing.payments.refund({ id: newId(), paymentId: retried?.id ?? '' })
    await billing.invoices.fallOverdue()
    await control.faults.add({ target: way.gateway, kind: 'decline', times: 5 })
    expect(await billing.payments.charge(invoiceId, 9)).toMatchObject({ outcome: 'declined' })
    await control.faults.clear()
    await day()
    expect(await told()).toEqual(['recovered', 'paid'])
    expect(await paid()).toEqual(['payment 40.00', 'refund 40.00', 'payment 40.00'])
  })

  test('two workers make one charge of a step', async () => {
    const { billing, told, paid } = await aDeclined(way, 'insufficient_funds')
    await control.faults.clear()
    clock.advance(DAY_MS)
    await Promise.allSettled([1, 2, 3].map(() => billing.dunning.workDue()))
    expect((await told()).at(-1)).toBe('paid')
    expect(await paid()).toEqual(['payment 40.00'])
  })
})
