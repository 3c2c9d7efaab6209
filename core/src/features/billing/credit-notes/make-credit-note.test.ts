import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newId, readDecimal } from '../../../kernel/index.ts'
import type { Invoice } from '../invoices/invoice.ts'
import type { InvoiceLine } from '../invoices/invoice-line.ts'
import { type CreditedLine, makeCreditNote } from './make-credit-note.ts'

interface Amounts {
  readonly net: bigint
  readonly tax?: bigint
  readonly discount?: bigint
}

function anInvoice(
  amounts: readonly Amounts[],
  { pricesIncludeTax = false }: { readonly pricesIncludeTax?: boolean } = {},
) {
  const lines = amounts.map(({ net, tax = 0n, discount = 0n }) => ({
    ...{ id: newId(), net, tax, discount, title: 'Work', fromOn: null, untilOn: null },
    ...{ quantity: readDecimal('2.5'), unitPrice: readDecimal('4'), steps: [] },
    taxRate: tax === 0n ? null : readDecimal('19'),
  })) as unknown as InvoiceLine[]
  const discount = lines.reduce((sum, line) => sum + line.discount, 0n)
  const total = lines.reduce((sum, { net, tax }) => sum + net + tax, 0n)
  const taken = (amount: bigint) => ({ redemptionId: newId(), title: 'Ten', amount })
  const invoice = {
    ...{ id: newId(), currency: 'EUR', pricesIncludeTax, total, credited: 0n },
    discounts: [taken(discount - discount / 3n), taken(discount / 3n)],
    taxes: [{ name: 'VAT', rate: '19', taxable: 0n, tax: 0n }],
  } as unknown as Invoice
  return { invoice, lines }
}

/** Adds what a note took back to what earlier ones did. */
function after(credited: readonly CreditedLine[], made: ReturnType<typeof makeCreditNote>) {
  return made.lines.map(({ invoiceLineId, net, tax, discount }) => {
    const before = credited.find((line) => line.invoiceLineId === invoiceLineId)
    return {
      ...{ invoiceLineId, net: net + (before?.net ?? 0n), tax: tax + (before?.tax ?? 0n) },
      discount: discount + (before?.discount ?? 0n),
    }
  })
}

describe('a credit note', () => {
  test('takes back all of an invoice, credits on it included, as it stood there', () => {
    const amounts = [
      { net: 9000n, tax: 1710n, discount: 1000n },
      { net: -500n, tax: -95n },
      { net: 0n },
    ]
    const { invoice, lines } = anInvoice(amounts)
    const { note, lines: made } = makeCreditNote({
      ...{ invoice, lines, credited: [], asked: undefined },
    })
    expect(note).toMatchObject({ subtotal: 9500n, discount: 1000n, tax: 1615n, total: 10_115n })
    expect(note.taxes).toEqual([{ name: 'VAT', rate: '19', taxable: 8500n, tax: 1615n }])
    expect(note.discounts.map(({ amount }) => amount)).toEqual([667n, 333n])
    expect(made).toHaveLength(2)
    expect(made[0]).toMatchObject({ quantity: readDecimal('2.5'), unitPrice: readDecimal('4') })
  })

  test('takes back a part with its part of tax and discount', () => {
    const { invoice, lines } = anInvoice([{ net: 9000n, tax: 1710n, discount: 1000n }])
    const asked = [{ lineId: lines[0]?.id ?? '', amount: 100n }]
    const { note, lines: made } = makeCreditNote({ invoice, lines, credited: [], asked })
    expect(note).toMatchObject({ subtotal: 111n, discount: 11n, tax: 19n, total: 119n })
    expect(made[0]).toMatchObject({ quantity: readDecimal('1'), unitPrice: null })
  })

  test('reads amounts with the tax in them where prices have it', () => {
    const { invoice, lines } = anInvoice([{ net: 10_000n, tax: 1900n }], { pricesIncludeTax: true })
    const asked = [{ lineId: lines[0]?.id ?? '', amount: 1190n }]
    const { note } = makeCreditNote({ invoice, lines, credited: [], asked })
    expect(note).toMatchObject({ tax: 190n, total: 1190n })
  })

  test('takes back a line to the minor unit, in however many parts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 1n, max: 100_000n }), { minLength: 1, maxLength: 8 }),
        fc.bigInt({ min: 0n, max: 30_000n }),
        fc.bigInt({ min: 0n, max: 30_000n }),
        fc.boolean(),
        (parts, tax, discount, pricesIncludeTax) => {
          const price = parts.reduce((sum, part) => sum + part, 0n)
          fc.pre(!pricesIncludeTax || tax < price)
          const net = pricesIncludeTax ? price - tax : price
          const { invoice, lines } = anInvoice([{ net, tax, discount }], { pricesIncludeTax })
          let credited: readonly CreditedLine[] = []
          for (const amount of parts) {
            const asked = [{ lineId: lines[0]?.id ?? '', amount }]
            const made = makeCreditNote({ invoice, lines, credited, asked })
            for (const line of made.lines) {
              expect(line.net >= 0n && line.tax >= 0n && line.discount >= 0n).toBe(true)
            }
            credited = after(credited, made)
          }
          expect(credited[0]).toMatchObject({ net, tax, discount })
        },
      ),
    )
  })

  test.each([
    ['more than the line', 9001n, 'billing.more_than_invoiced'],
    ['nothing', 0n, 'kernel.invalid_value'],
    ['less than nothing', -1n, 'kernel.invalid_value'],
  ])('is none for %s', (_, amount, code) => {
    const { invoice, lines } = anInvoice([{ net: 9000n }])
    const asked = [{ lineId: lines[0]?.id ?? '', amount }]
    expect(() => makeCreditNote({ invoice, lines, credited: [], asked })).toThrow(
      expect.objectContaining({ code }),
    )
  })

  test('is none for another invoice’s line, for what was taken back, or for less than nothing', () => {
    const { invoice, lines } = anInvoice([{ net: 100n }, { net: -40n }])
    const of = (facts: Partial<Parameters<typeof makeCreditNote>[0]>) => () =>
      makeCreditNote({ invoice, lines, credited: [], asked: undefined, ...facts })
    expect(of({ asked: [{ lineId: newId() }] })).toThrow(/no line of the invoice/)
    const all = lines.map(({ id, net }) => ({ invoiceLineId: id, net, tax: 0n, discount: 0n }))
    expect(of({ credited: all })).toThrow(
      expect.objectContaining({ code: 'billing.nothing_to_credit' }),
    )
    const negative = [{ lineId: lines[1]?.id ?? '' }]
    expect(of({ asked: negative })).toThrow(
      expect.objectContaining({ code: 'billing.nothing_to_credit' }),
    )
  })

  test('is none for more than the invoice asks for beside what it deducts', () => {
    const { invoice, lines } = anInvoice([{ net: 100n }, { net: -40n }])
    const make = (amount: bigint, credited: bigint) =>
      makeCreditNote({
        ...{ invoice: { ...invoice, credited }, lines, credited: [] },
        asked: [{ lineId: lines[0]?.id ?? '', amount }],
      })
    expect(make(60n, 0n).note.total).toBe(60n)
    const refused = { code: 'billing.more_than_invoiced' }
    expect(() => make(61n, 0n)).toThrow(expect.objectContaining(refused))
    expect(() => make(60n, 1n)).toThrow(expect.objectContaining(refused))
  })
})
