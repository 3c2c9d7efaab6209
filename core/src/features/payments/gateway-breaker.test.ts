import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../../kernel/index.ts'
import { createGatewayRegistry } from './gateway-breaker.ts'
import type { PaymentGateway } from './payment-gateway.ts'
import { ProviderRejected, ProviderUnavailable } from './payments.errors.ts'

type Answer = 'yes' | 'no' | 'none'

/** A provider on a bad day: it answers what it is told to, and counts who asks. */
function aProvider() {
  const provider = { answer: 'yes' as Answer, calls: 0 }
  const gateway: PaymentGateway = {
    name: 'bad-day',
    capabilities: {
      currencies: ['RUB'],
      goods: { telegram: [], web: ['physical'] },
      partialRefund: true,
      renewals: 'saved_method',
      paymentTtlMs: 1,
    },
    async start() {
      provider.calls += 1
      if (provider.answer === 'no') throw new ProviderRejected({ gateway: 'bad-day', reason: '' })
      if (provider.answer === 'none')
        throw new ProviderUnavailable({ gateway: 'bad-day', reason: '' })
      return { providerPaymentId: null, confirmationUrl: 'https://pay.example/' }
    },
    refund: () => Promise.resolve({ providerRefundId: '1', status: 'succeeded' }),
  }
  const clock = new VirtualClock(new Date('2030-01-01T00:00:00Z'))
  const guarded = createGatewayRegistry([gateway], clock).get('bad-day')
  const ask = () =>
    guarded
      ?.start({
        paymentId: '1',
        money: { amount: 1n, currency: 'RUB' },
        product: {
          id: 'mug',
          kind: 'piece',
          goods: 'physical',
          title: 'Mug',
          description: 'A mug.',
          capture: 'automatic',
        },
        returnUrl: null,
        savesMethod: false,
      })
      .catch((error: unknown) => error)
  const askTimes = async (count: number) => {
    for (let asked = 0; asked < count; asked++) await ask()
    return provider.calls
  }
  return { provider, clock, guarded, ask, askTimes }
}

describe('a provider that does not answer', () => {
  test('is left alone after five calls, and asked once after each rest', async () => {
    const { provider, clock, ask, askTimes } = aProvider()
    provider.answer = 'none'
    expect(await askTimes(8)).toBe(5)
    expect(await ask()).toBeInstanceOf(ProviderUnavailable)
    for (const [restMs, calls] of [
      [30_000, 6],
      [60_000, 7],
      [120_000, 8],
      [240_000, 9],
      [300_000, 10],
      [300_000, 11],
    ] as const) {
      clock.advance(restMs - 1)
      expect(await askTimes(2)).toBe(calls - 1)
      clock.advance(1)
      expect(await askTimes(2)).toBe(calls)
    }
  })

  test('is asked by everybody again as soon as it has answered, if only with a no', async () => {
    const { provider, clock, askTimes } = aProvider()
    provider.answer = 'none'
    await askTimes(5)
    clock.advance(30_000)
    provider.answer = 'no'
    expect(await askTimes(4)).toBe(9)
  })

  test('gets one call at a time after a rest', async () => {
    const { provider, clock, ask, askTimes } = aProvider()
    provider.answer = 'none'
    await askTimes(5)
    clock.advance(30_000)
    await Promise.all([ask(), ask(), ask()])
    expect(provider.calls).toBe(6)
  })

  test('rests as long for many calls under way at once as for one', async () => {
    const { provider, clock, ask, askTimes } = aProvider()
    provider.answer = 'none'
    await Promise.all(Array.from({ length: 20 }, ask))
    clock.advance(30_000)
    provider.answer = 'yes'
    expect(await askTimes(1)).toBe(21)
  })
})

test('answers in between keep a provider from being left alone', async () => {
  const { provider, askTimes } = aProvider()
  for (let round = 0; round < 3; round++) {
    provider.answer = 'none'
    await askTimes(4)
    provider.answer = 'yes'
    await askTimes(1)
  }
  expect(provider.calls).toBe(15)
})

test('what a gateway cannot do stays absent', () => {
  const { guarded } = aProvider()
  expect(guarded?.capture).toBeUndefined()
  expect(guarded?.lookUp).toBeUndefined()
})
