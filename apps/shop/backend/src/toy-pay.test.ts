import { readFile } from 'node:fs/promises'
import { addMs, newId, VirtualClock } from '@gramkit/core/kernel'
import { ProviderUnavailable } from '@gramkit/core/payments'
import { type GatewayUnderTest, paymentGatewayContract } from '@gramkit/core/testing'
import { describe, expect, test } from 'vitest'
import { toyPayGateway } from './testing/toy-pay/toy-pay.ts'
import { ToyPayProvider } from './testing/toy-pay/toy-pay-provider.ts'

const NOON = new Date('2030-01-01T12:00:00Z')

async function startToyPay(): Promise<GatewayUnderTest> {
  const clock = new VirtualClock(NOON)
  const provider = await ToyPayProvider.start(clock)
  return {
    gateway: toyPayGateway({ apiRoot: provider.url, secretKey: provider.secretKey }),
    now: async () => clock.now(),
    wait: async (minutes) => clock.advance(minutes * 60_000),
    async pay({ providerPaymentId }) {
      const id = providerPaymentId ?? ''
      provider.pay(id)
      return id
    },
    payerTelegramId: null,
    loseAnswers: async () => provider.fail('lost'),
    goAway: async () => provider.fail('away'),
    recover: async () => provider.fail(undefined),
    books: async () => ({
      payments: provider.charges.filter(({ state }) => state === 'paid').length,
      refunds: provider.returns.length,
    }),
    secrets: [provider.secretKey],
    [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose](),
  }
}

paymentGatewayContract({ name: 'toy-pay', make: startToyPay })

describe('the gateway of Toy Pay', () => {
  test('is written in less than 150 lines', async () => {
    const source = new URL('./testing/toy-pay/toy-pay.ts', import.meta.url)
    expect((await readFile(source, 'utf8')).trimEnd().split('\n').length).toBeLessThan(150)
  })

  test('waits for an answer no longer than it is told to', async () => {
    await using provider = await ToyPayProvider.start(new VirtualClock(NOON))
    const { url: apiRoot, secretKey } = provider
    const gateway = toyPayGateway({ apiRoot, secretKey, timeoutMs: 50 })
    provider.fail('hanging')
    const until = addMs(NOON, 1)
    await expect(gateway.fetch?.(newId())).rejects.toThrow(ProviderUnavailable)
    await expect(gateway.readBooks?.({ cursor: undefined, since: NOON, until })).rejects.toThrow(
      ProviderUnavailable,
    )
  })

  test('says why a saved card is never taken again', async () => {
    await using provider = await ToyPayProvider.start(new VirtualClock(NOON))
    const gateway = toyPayGateway({ apiRoot: provider.url, secretKey: provider.secretKey })
    const money = { amount: 499n, currency: 'EUR' } as const
    const product = {
      id: 'plan',
      kind: 'access',
      goods: 'digital',
      title: 'Plan',
      description: 'A month.',
      capture: 'automatic',
    } as const
    const { providerPaymentId } = await gateway.start({
      paymentId: newId(),
      money,
      product,
      returnUrl: null,
      savesMethod: true,
    })
    provider.pay(providerPaymentId ?? '')
    const { savedMethodId = '' } = (await gateway.fetch?.(providerPaymentId ?? '')) ?? {}
    provider.loseCard(savedMethodId)
    const charged = await gateway.chargeSavedMethod?.({
      paymentId: newId(),
      money,
      product,
      savedMethodId,
    })
    expect(charged).toMatchObject({ status: 'failed', failureReason: 'card_lost' })
    expect(gateway.capabilities.finalDeclines).toContain('card_lost')
  })
})
