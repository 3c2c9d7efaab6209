import { startSandbox } from '@gramkit/sandbox'
import { afterAll, expect, test } from 'vitest'
import { InvalidValue, type Money, newId, VirtualClock } from '../../../kernel/index.ts'
import type { CoreServices } from '../../../services.ts'
import { aPerson } from '../../../testing/people.ts'
import { testPlatform } from '../../../testing/platform.ts'
import type { Fulfilment } from '../fulfilment.ts'
import type { Payment } from '../payment.ts'
import { CurrencyNotAccepted, PaymentConflict } from '../payments.errors.ts'
import { TaxProfileMissing } from '../receipts/receipts.errors.ts'
import type { StartQuoted } from './quote.ts'

const SHOP = { shopId: '100500', secretKey: 'test_secret-key-of-the-shop' }
const CARDS = { shopId: '100501', secretKey: 'test_secret-key-of-the-other' }

const told: string[] = []
/** Seats whose price depends on the row; a name after the seat is the method that is charged. */
const ticket: Fulfilment<CoreServices> = {
  async quote(_tx, { facts }) {
    const { seat = '', userId = '', currency = 'RUB', savedMethodId } = facts
    return {
      ...{ userId, savedMethodId, contact: { email: 'ada@example.org' } },
      product: {
        id: `seat-${seat}`,
        goods: 'digital',
        title: `Seat ${seat}`,
        description: 'A seat.',
      },
      money: { amount: BigInt(seat) * 100n, currency } as Money,
    }
  },
  opened: async (_tx, { id }) => void told.push(`opened ${id}`),
  closed: async (_tx, { id, failureReason }) => void told.push(`closed ${id} ${failureReason}`),
  fulfil: async (_tx, { product }) => void told.push(`fulfilled ${product.facts?.['seat']}`),
  reverse: async () => {},
}

const sandbox = await startSandbox({ shops: [SHOP, { ...CARDS, receipts: 'email' }] })
const apiRoot = `${sandbox.url}/sandbox/yookassa/v3`
const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'))
const common = { clock, returnUrls: ['https://shop.example/'], fulfilments: { ticket } }
const plain = await testPlatform({ ...common, yookassa: { ...SHOP, apiRoot } })
const { services } = plain
const { id: userId } = await aPerson(services)

afterAll(async () => {
  expect(await services.balance.verify()).toMatchObject({ ok: true })
  await plain.close()
  await sandbox.close()
})

function asked(changes: Partial<StartQuoted> = {}): Promise<Payment> {
  return services.payments.startQuoted({
    ...{ id: newId(), kind: 'ticket', facts: { seat: '14', userId }, gateway: 'yookassa' },
    ...{ surface: 'web', ...changes },
  })
}

async function heard({ providerPaymentId }: Payment): Promise<void> {
  const snapshot = await services.gateways.get('yookassa')?.fetch?.(providerPaymentId ?? '')
  if (snapshot) await services.payments.apply(snapshot)
}

test('is priced by the fulfilment of its kind, and given once however often it is told', async () => {
  const payment = await asked()
  expect(payment).toMatchObject({
    ...{ status: 'pending', amount: 1_400n, currency: 'RUB', userId, productId: 'seat-14' },
    product: { kind: 'ticket', title: 'Seat 14', facts: { seat: '14', userId } },
  })
  await sandbox.control.yookassa.succeed(payment.providerPaymentId ?? '')
  await Promise.all([heard(payment), heard(payment), heard(payment)])
  expect(await services.payments.getById(payment.id)).toMatchObject({ status: 'succeeded' })
  expect(told.splice(0)).toEqual([`opened ${payment.id}`, 'fulfilled 14'])
})

test('is one payment for one id, asked for at once as well', async () => {
  const id = newId()
  const facts = { seat: '15', userId }
  const all = await Promise.all([1, 2, 3, 4].map(() => asked({ id, facts })))
  expect(new Set(all.map((payment) => payment.id))).toEqual(new Set([id]))
  expect(told.splice(0)).toEqual([`opened ${id}`])
  const made = (await sandbox.control.yookassa.payments()).filter(
    ({ metadata }) => metadata?.['payment_id'] === id,
  )
  expect(made).toHaveLength(1)
  await expect(asked({ id, facts: { seat: '16', userId } })).rejects.toThrow(PaymentConflict)
})

test('tells its fulfilment when it ends without money', async () => {
  const payment = await asked()
  await sandbox.control.yookassa.expire(payment.providerPaymentId ?? '')
  await heard(payment)
  expect(told.splice(0)).toEqual([
    `opened ${payment.id}`,
    `closed ${payment.id} expired_on_confirmation`,
  ])
})

test('charges a saved method where the quote names one, and looks after that charge', async () => {
  const facts = { seat: '17', userId, savedMethodId: 'nobodys' }
  const payment = await asked({ facts })
  expect(payment).toMatchObject({ status: 'failed', savedMethodId: 'nobodys' })
  expect(told.splice(0)).toEqual([`opened ${payment.id}`, expect.stringContaining('closed')])
  await sandbox.control.faults.add({
    ...{
      target: 'yookassa',
      method: 'POST /payments',
      kind: 'error',
      effect: 'not_done',
      times: 3,
    },
  })
  const lost = await asked({ facts })
  expect(lost.status).toBe('unknown')
  clock.advance(16_000)
  await services.paymentsCheck.checkDue()
  // The question was put again as a charge; as a page it would have been made.
  expect(await services.payments.getById(lost.id)).toMatchObject({ confirmationUrl: null })
  told.length = 0
})

test('is refused where the gateway does not take it, and nothing is stored', async () => {
  const id = newId()
  await expect(asked({ id, facts: { seat: '14', userId, currency: 'EUR' } })).rejects.toThrow(
    CurrencyNotAccepted,
  )
  await expect(asked({ id, facts: { seat: '0', userId } })).rejects.toThrow(InvalidValue)
  expect(told.splice(0)).toEqual([])
  await expect(services.payments.getById(id)).rejects.toMatchObject({ code: 'payments.not_found' })
})

test('is refused without a tax profile where a receipt would be issued', async () => {
  const fiscal = await testPlatform({
    ...common,
    yookassa: { ...CARDS, apiRoot, receipts: { contact: 'email' } },
  })
  const { id } = await aPerson(fiscal.services)
  const start = fiscal.services.payments.startQuoted({
    ...{ id: newId(), kind: 'ticket', facts: { seat: '14', userId: id }, gateway: 'yookassa' },
    surface: 'web',
  })
  await expect(start).rejects.toThrow(TaxProfileMissing)
  await fiscal.close()
})
