import { afterAll, describe, expect, test } from 'vitest'
import { assert, newId, VirtualClock } from '../../../kernel/index.ts'
import { databaseError } from '../../../platform/database/index.ts'
import { aCustomer, aTenant } from '../../../testing/billing.ts'
import { testPlatform } from '../../../testing/platform.ts'
import { checkDocument } from '../documents/invoice-document.ts'
import type { ExchangeRateInput } from '../exchange-rates/exchange-rate.ts'

const clock = new VirtualClock(new Date('2028-01-31T12:00:00Z'))
const { services, close } = await testPlatform({ clock })

afterAll(close)

const VAT = { country: 'DE', name: 'USt', rate: '19', fromOn: '2020-01-01' } as const

describe('tax rates', () => {
  test('are one for each place, category and day, whoever else adds one at the same time', async () => {
    const billing = await aTenant(services)
    const added = await Promise.allSettled([1, 2, 3].map(() => billing.taxes.add(VAT)))
    expect(added.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(billing.taxes.add(VAT)).rejects.toMatchObject({ code: 'billing.tax_rate_taken' })
    await billing.taxes.add({ ...VAT, region: 'BY' })
    await billing.taxes.add({ ...VAT, category: 'reduced', rate: '7' })
    await billing.taxes.add({ ...VAT, rate: '16', fromOn: '2020-07-01' })
    expect((await billing.taxes.list()).items).toHaveLength(4)
  })

  test.each([
    [{ rate: '100.1' }, 'rate'],
    [{ rate: '-1' }, 'rate'],
    [{ country: 'Germany' }, 'country'],
    [{ name: 'x'.repeat(500) }, 'name'],
    [{ category: 'Reduced rate' }, 'category'],
    [{ fromOn: '2028-02-30' }, 'fromOn'],
  ])('are not made with %o', async (wrong, field) => {
    const billing = await aTenant(services)
    await expect(billing.taxes.add({ ...VAT, ...wrong })).rejects.toMatchObject({
      details: { field },
    })
    expect((await billing.taxes.list()).items).toEqual([])
  })

  test('of a preset are loaded once, and one that was wrong is removed', async () => {
    const billing = await aTenant(services)
    const loaded = await billing.taxes.load('ru_vat')
    expect(loaded).toHaveLength(6)
    await billing.taxes.remove(loaded[0]?.id ?? '')
    expect(await billing.taxes.load('ru_vat')).toMatchObject([{ rate: loaded[0]?.rate }])
  })

  test('tax an invoice whose prices include them, in the tenant’s and in a line’s category', async () => {
    const billing = await aTenant(services, {
      ...{ country: 'RU', currency: 'RUB', pricesIncludeTax: true },
    })
    await billing.taxes.load('ru_vat')
    const { id: customerId } = await aCustomer(billing, { country: 'RU' })
    const draft = await billing.invoices.draft({
      customerId,
      lines: [
        { title: 'Work', unitPrice: '122' },
        { title: 'Book', unitPrice: '110', taxCategory: 'reduced' },
      ],
    })
    const invoice = await billing.invoices.finalize(draft.id)
    expect(invoice).toMatchObject({
      ...{ subtotal: 20_000n, tax: 3_200n, total: 23_200n, pricesIncludeTax: true },
      taxes: [
        { name: 'НДС', rate: '22', taxable: 10_000n, tax: 2_200n },
        { name: 'НДС', rate: '10', taxable: 10_000n, tax: 1_000n },
      ],
    })
    const document = await billing.invoices.document(invoice.id)
    expect(() => checkDocument(document)).not.toThrow()
  })

  test('spare a business of another member state and an exempt customer, whose invoices say so', async () => {
    const billing = await aTenant(services, { country: 'DE', taxId: 'DE136695976' })
    await billing.taxes.add(VAT)
    const lines = [{ title: 'Work', unitPrice: '100' }]
    const draftFor = async (fields: Parameters<typeof aCustomer>[1]) => {
      const { id: customerId } = await aCustomer(billing, fields)
      return billing.invoices.draft({ customerId, lines })
    }
    const home = { country: 'DE' }
    expect(await draftFor(home)).toMatchObject({ total: 11_900n, reverseCharge: false, notes: [] })
    const french = { country: 'FR', taxId: 'FR40303265045' }
    expect(await draftFor(french)).toMatchObject({ total: 10_000n, reverseCharge: true })
    const taxExemption = 'Exempt as an embassy'
    expect(await draftFor({ ...home, taxExemption })).toMatchObject({
      ...{ total: 10_000n, taxes: [], reverseCharge: false, notes: [taxExemption] },
    })
  })
})

const RATE: ExchangeRateInput = {
  ...{ from: 'EUR', to: 'RUB', rate: '97.4521', quotedOn: '2028-01-31', source: 'Bank of Russia' },
}

describe('exchange rates', () => {
  test('are found on the day, on the latest before it, and the other way round', async () => {
    const { exchangeRates } = await aTenant(services)
    await exchangeRates.add({
      ...RATE,
      from: 'USD',
      to: 'EUR',
      rate: '0.8',
      quotedOn: '2028-01-25',
    })
    await exchangeRates.add({ ...RATE, rate: '90', quotedOn: '2028-01-28' })
    await exchangeRates.add(RATE)
    const convert = async (amount: bigint, on: string, maxAgeDays: number) => {
      const query = { to: 'RUB', on, maxAgeDays } as const
      return exchangeRates.convert({ amount, currency: 'EUR' }, query)
    }
    const money = { amount: 1_001n, currency: 'EUR' }
    // 10.01 at 97.4521 is 975.495521.
    expect(await convert(1_001n, '2028-01-31', 0)).toMatchObject({
      ...{ amount: 97_550n, currency: 'RUB', original: money, isInverse: false },
      ...{ quotedOn: '2028-01-31', source: 'Bank of Russia' },
    })
    expect(await convert(-1_001n, '2028-01-31', 0)).toMatchObject({ amount: -97_550n })
    expect(await convert(100n, '2028-01-30', 2)).toMatchObject({
      ...{ amount: 9_000n, quotedOn: '2028-01-28' },
    })
    for (const [on, age] of [
      ['2028-01-30', 1],
      ['2028-01-27', 100],
    ] as const) {
      await expect(convert(100n, on, age)).rejects.toMatchObject({
        code: 'billing.exchange_rate_missing',
      })
    }
    const euros = { amount: 100n, currency: 'EUR' } as const
    const back = { to: 'USD', on: '2028-01-31', maxAgeDays: 7 } as const
    expect(await exchangeRates.convert(euros, back)).toMatchObject({
      ...{ amount: 125n, currency: 'USD', isInverse: true, quotedOn: '2028-01-25' },
    })
    expect(await exchangeRates.convert(euros, { ...back, to: 'EUR' })).toMatchObject({
      ...{ amount: 100n, currency: 'EUR', source: null },
    })
  })

  test('that may be in use are replaced for a reason alone, and stay in the history', async () => {
    const { exchangeRates } = await aTenant(services)
    await exchangeRates.add({ ...RATE, quotedOn: '2028-01-20' })
    await exchangeRates.add({ ...RATE, quotedOn: '2028-01-10' })
    await exchangeRates.add({ ...RATE, quotedOn: '2028-02-01' })
    for (const change of [
      { quotedOn: '2028-01-20' },
      { quotedOn: '2028-01-25' },
      { quotedOn: '2028-02-01' },
      { quotedOn: '2028-01-25', from: 'RUB', to: 'EUR', rate: '0.01' },
    ] as const) {
      const refused = exchangeRates.add({ ...RATE, ...change })
      await expect(refused).rejects.toMatchObject({ code: 'billing.exchange_rate_in_use' })
    }
    const reason = 'A digit was missing'
    const again = await exchangeRates.add({ ...RATE, rate: '98', quotedOn: '2028-01-20', reason })
    expect(again).toMatchObject({ version: 2, actor: 'system', reason })
    const found = { from: 'EUR', to: 'RUB', on: '2028-01-20', maxAgeDays: 0 } as const
    expect((await exchangeRates.find(found)).rate).toBe(again.rate)
    expect((await exchangeRates.list()).items).toHaveLength(4)
  })

  test('are one for each day, whoever else adds one at the same time', async () => {
    const billing = await aTenant(services)
    const added = await Promise.allSettled([1, 2, 3].map(() => billing.exchangeRates.add(RATE)))
    const [first, ...others] = added.flatMap((one) =>
      one.status === 'fulfilled' ? [one.value] : [],
    )
    assert(first, 'One is added')
    expect(others).toEqual([])
    expect((await billing.exchangeRates.list()).items).toEqual([first])
    // As somebody would who looked before the first was there.
    const late = billing.transaction(({ repos }) =>
      repos.exchangeRates.insert({ ...first, id: newId() }),
    )
    expect(await late.catch((error) => databaseError(error)?.code)).toBe('23505')
  })

  test.each([
    [{ rate: '0' }, 'rate'],
    [{ rate: '-1' }, 'rate'],
    [{ rate: '1000000.1' }, 'rate'],
    [{ rate: '0.0000009' }, 'rate'],
    [{ to: 'EUR' as const }, 'to'],
    [{ quotedOn: 'today' }, 'quotedOn'],
    [{ source: '' }, 'source'],
  ])('are not made with %o', async (wrong, field) => {
    const { exchangeRates } = await aTenant(services)
    const refused = exchangeRates.add({ ...RATE, ...wrong })
    await expect(refused).rejects.toMatchObject({ details: { field } })
  })

  test('are neither changed nor removed, and tax rates not changed', async () => {
    const billing = await aTenant(services)
    const { id } = await billing.exchangeRates.add(RATE)
    const { id: taxRateId } = await billing.taxes.add(VAT)
    const refusal = (work: Promise<unknown>) => work.catch((error) => databaseError(error)?.code)
    const tried = [
      billing.transaction(({ repos }) => repos.exchangeRates.update(id, { source: 'Us' })),
      billing.transaction(({ repos }) => repos.exchangeRates.remove(id)),
      billing.transaction(({ repos }) => repos.taxRates.update(taxRateId, { name: 'Ours' })),
    ]
    expect(await Promise.all(tried.map(refusal))).toEqual(['42501', '42501', '42501'])
  })
})
