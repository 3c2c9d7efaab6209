import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Currency } from '../../../kernel/index.ts'
import type { Invoice } from '../invoices/invoice.ts'
import { shareCredit } from './credit.ts'

const invoice = (id: string, total: bigint, customerId = 'a', currency: Currency = 'EUR') =>
  ({ id, total, customerId, currency }) as Invoice

test('credit pays the oldest invoices first, in its currency and of its customer alone', () => {
  const invoices = [
    invoice('3', 500n),
    invoice('1', 400n),
    invoice('2', 300n),
    invoice('4', 0n),
    invoice('5', 900n, 'b'),
    invoice('6', 900n, 'a', 'USD'),
  ]
  const balances = [
    { customerId: 'a', currency: 'EUR' as const, amount: 600n },
    { customerId: 'b', currency: 'EUR' as const, amount: 1000n },
  ]
  const applied = shareCredit(balances, invoices)
  expect(applied.map(({ invoice: { id }, amount }) => [id, amount])).toEqual([
    ['1', 400n],
    ['2', 200n],
    ['5', 900n],
  ])
})

test('credit is never spent twice, and none is kept that an invoice asks for', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10_000n }),
      fc.array(fc.bigInt({ min: 0n, max: 5_000n }), { maxLength: 12 }),
      (amount, totals) => {
        const invoices = totals.map((total, index) => invoice(String(index).padStart(3), total))
        const balances = [{ customerId: 'a', currency: 'EUR' as const, amount }]
        const applied = shareCredit(balances, invoices)
        const spent = applied.reduce((sum, each) => sum + each.amount, 0n)
        const asked = totals.reduce((sum, total) => sum + total, 0n)
        const [kept, owed] = [amount - spent, asked - spent]
        expect(kept * owed).toBe(0n)
        expect(kept + owed).toBeGreaterThanOrEqual(0n)
        for (const each of applied) expect(each.amount).toBeLessThanOrEqual(each.invoice.total)
      },
    ),
  )
})
