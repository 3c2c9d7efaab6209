import { afterAll, expect, test } from 'vitest'
import { isAppError, newId } from '../../../kernel/index.ts'
import { GATEWAYS, invoicePayers } from '../../../testing/invoice-payers.ts'
import type { Payment } from '../../payments/index.ts'

const SEEDS = [1, 2, 3, 4, 5, 6]
const STEPS = 40

const payers = await invoicePayers()
const { services, control, anInvoice, anotherInvoice, start, pay, hear } = payers

afterAll(() => payers.close())

/** Numbers that follow from a seed, so that a failure comes again (mulberry32). */
function chanceOf(seed: number) {
  let state = seed
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
  return { below, pick: <T>(of: readonly T[]): T | undefined => of[below(of.length || 1)] }
}

/** Whatever is refused for a known reason leaves everything as it was. */
async function tried(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!isAppError(error) || error.kind === 'internal') throw error
  })
}

test.each(SEEDS)(
  'money is always somewhere, whatever happens in what order (seed %i)',
  async (seed) => {
    const chance = chanceOf(seed)
    const [way] = GATEWAYS
    const { billing, invoice } = await anInvoice(way)
    const invoices = [invoice.id]
    /** As they were started: a page that was closed hands its name to the payment that gets its money. */
    const pages: Payment[] = []
    /** One of the payments whose money came. */
    const received = async (): Promise<string> => {
      const listed = await Promise.all(invoices.map((id) => billing.payments.list(id)))
      const came = listed.flat().filter(({ state }) => state === 'received')
      return chance.pick(came)?.id ?? newId()
    }
    let lost = 0n
    const steps = [
      async () => {
        const request = { invoiceId: chance.pick(invoices) ?? '', gateway: way.gateway }
        const amount = chance.below(2) ? undefined : BigInt(chance.below(12_000) + 1)
        await tried(start(billing, { ...request, amount }).then((page) => pages.push(page)))
      },
      async () => {
        const page = chance.pick(pages)
        if (!page) return
        await pay(page).catch(() => undefined)
        await Promise.all([hear(page), hear(page)])
      },
      async () => {
        const page = chance.pick(pages)
        if (page) await hear(page)
      },
      async () => {
        await services.payments.close(chance.pick(pages)?.id ?? '', 'canceled', 'left')
      },
      async () => {
        const amount = BigInt(chance.below(6_000) + 1)
        await tried(billing.payments.refund({ id: newId(), paymentId: await received(), amount }))
      },
      async () => {
        const paymentId = await received()
        const payment = await services.payments.getById(paymentId).catch(() => undefined)
        const amount = BigInt(chance.below(6_000) + 1)
        if (!payment || amount > payment.amount - payment.refundedAmount) return
        const dispute = { paymentId, reference: newId(), amount, actor: 'admin' }
        await services.disputes.record({ ...dispute, status: 'lost' })
        lost += amount
      },
      () => tried(billing.invoices.void(chance.pick(invoices) ?? '')),
      () => tried(billing.invoices.writeOff(chance.pick(invoices) ?? '')),
      async () => {
        const price = String(chance.below(90) + 1)
        invoices.push((await anotherInvoice(billing, invoice.customerId, price)).id)
      },
    ]
    for (let step = 0; step < STEPS; step++) {
      await (pages.length === 0 ? steps[0] : chance.pick([...steps, steps[1], steps[1]]))?.()
    }
    await payers.checkBooks()
    // What the provider has is what the journal says came, less what banks have taken from it.
    const lines = await control.transactions('yookassa')
    const known = new Set(pages.map(({ id }) => id))
    const ours = lines.filter(({ metadata }) => known.has(metadata?.['payment_id'] ?? ''))
    const theirs = new Set(ours.map(({ payment_id }) => payment_id))
    const net = lines
      .filter(({ payment_id }) => theirs.has(payment_id))
      .reduce((sum, { kind, amount }) => {
        const minor = BigInt(amount.replace('.', ''))
        return kind === 'payment' ? sum + minor : sum - minor
      }, 0n)
    const [books] = await billing.journal.balances()
    expect(books?.cash).toBe(net - lost)
  },
)
