import { createPlatform, type Platform } from '@gramkit/core'
import { Inbox } from '@gramkit/core/inbox'
import { coreHost } from '@gramkit/core/jobs'
import { newId, VirtualClock } from '@gramkit/core/kernel'
import { createLogger } from '@gramkit/core/log'
import type { Payment } from '@gramkit/core/payments'
import { type TestDatabase, testDatabase } from '@gramkit/services/testing'
import fastify, { type FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { toyPayGateway } from './testing/toy-pay/toy-pay.ts'
import { ToyPayProvider } from './testing/toy-pay/toy-pay-provider.ts'
import { toyPayInbox, toyPayWebhook } from './testing/toy-pay/toy-pay-webhook.ts'

const MINUTE_MS = 60_000

let database: TestDatabase
let provider: ToyPayProvider
let platform: Platform<unknown>
let shop: FastifyInstance
let webhookUrl: string
const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'))

beforeAll(async () => {
  database = await testDatabase()
  provider = await ToyPayProvider.start(clock)
  platform = await createPlatform({
    databaseUrl: database.appUrl,
    clock,
    gateways: [toyPayGateway({ apiRoot: provider.url, secretKey: provider.secretKey })],
    returnUrls: ['https://shop.example/'],
    products: [
      {
        id: 'credits-100',
        kind: 'credits',
        goods: 'digital',
        title: '100 credits',
        description: 'A small pack of credits.',
        prices: { EUR: 1_999n },
        credits: { unit: 'credits', amount: 100n },
      },
    ],
  })
  const inbox = new Inbox({
    host: coreHost(platform),
    handlers: [toyPayInbox],
    logger: createLogger({ level: 'silent' }),
  })
  shop = fastify({ forceCloseConnections: true })
  await shop.register(
    toyPayWebhook({
      noticeSecret: provider.noticeSecret,
      receive: (key, body) => inbox.receive({ provider: 'toy-pay', key, body }),
    }),
  )
  webhookUrl = `${await shop.listen({ host: '127.0.0.1', port: 0 })}/webhooks/toy-pay`
})

afterAll(async () => {
  await shop.close()
  await platform.close()
  await provider[Symbol.asyncDispose]()
  await database.drop()
})

/** Whatever happened, the provider's books are ours and the ledger adds up. */
afterEach(async () => {
  provider.fail(undefined)
  clock.advance(30 * MINUTE_MS)
  expect(await platform.core.reconciliation.reconcile()).toMatchObject([
    { gateway: 'toy-pay', repaired: [], differences: [] },
  ])
  expect(await platform.core.balance.verify()).toMatchObject({ ok: true })
})

async function bought(): Promise<Payment> {
  const { user } = await platform.core.users.loginAsGuest(newId() + newId())
  return platform.core.payments.start({
    id: newId(),
    userId: user.id,
    productId: 'credits-100',
    gateway: 'toy-pay',
    currency: 'EUR',
    surface: 'web',
  })
}

const readAgain = ({ id }: Payment) => platform.core.payments.getById(id)
const creditsOf = ({ userId }: Payment) => platform.core.balance.get(userId, 'credits')
const chargesFor = ({ id }: Payment) => provider.charges.filter(({ reference }) => reference === id)

/** The provider's id of what was bought, as the provider has it. */
function chargeOf(payment: Payment): string {
  const [charge] = chargesFor(payment)
  if (!charge) throw new Error('Toy Pay has no such charge')
  return charge.id
}

describe('a sale through a gateway of somebody else', () => {
  test('is settled once, though its notice comes three times', async () => {
    const payment = await bought()
    expect(payment).toMatchObject({
      status: 'pending',
      confirmationUrl: `${provider.url}/pay/${chargeOf(payment)}`,
    })
    provider.pay(chargeOf(payment))
    for (let time = 0; time < 3; time++) {
      expect(await provider.notify(webhookUrl, chargeOf(payment))).toBe(200)
    }
    expect(await readAgain(payment)).toMatchObject({ status: 'succeeded', amount: 1_999n })
    expect(await creditsOf(payment)).toBe(100n)
  })

  test('is not settled by a notice with a forged signature', async () => {
    const payment = await bought()
    provider.pay(chargeOf(payment))
    expect(await provider.notify(webhookUrl, chargeOf(payment), 'a guess')).toBe(401)
    expect(await readAgain(payment)).toMatchObject({ status: 'pending' })
    expect(await creditsOf(payment)).toBe(0n)
    expect(await provider.notify(webhookUrl, chargeOf(payment))).toBe(200)
    expect(await creditsOf(payment)).toBe(100n)
  })

  test('is found when its answer was lost for longer than the key is remembered', async () => {
    provider.fail('lost')
    const payment = await bought()
    expect(payment).toMatchObject({ status: 'unknown', providerPaymentId: null })
    provider.fail('away')
    clock.advance(61 * MINUTE_MS)
    await platform.core.paymentsCheck.checkDue()
    expect(await readAgain(payment)).toMatchObject({ status: 'unknown' })
    provider.fail(undefined)
    clock.advance(61 * MINUTE_MS)
    await platform.core.paymentsCheck.checkDue()
    const found = { status: 'pending', providerPaymentId: chargeOf(payment) }
    expect(await readAgain(payment)).toMatchObject(found)
    provider.pay(chargeOf(payment))
    expect(await provider.notify(webhookUrl, chargeOf(payment))).toBe(200)
    expect(await readAgain(payment)).toMatchObject({ status: 'succeeded' })
    expect(await creditsOf(payment)).toBe(100n)
    expect(chargesFor(payment)).toHaveLength(1)
  })

  test('is given back once, though the answer was lost', async () => {
    const payment = await bought()
    provider.pay(chargeOf(payment))
    await provider.notify(webhookUrl, chargeOf(payment))
    provider.fail('lost')
    const refund = { id: newId(), paymentId: payment.id, actor: 'test' }
    expect(await platform.core.refunds.request(refund)).toMatchObject({ status: 'unknown' })
    provider.fail(undefined)
    clock.advance(61 * MINUTE_MS)
    await platform.core.paymentsCheck.checkDue()
    expect(await readAgain(payment)).toMatchObject({ status: 'refunded', refundedAmount: 1_999n })
    expect(await creditsOf(payment)).toBe(0n)
    expect(provider.returns).toHaveLength(1)
  })
})
