import { type CoreServices, createPlatform, type Platform } from '@gramkit/core'
import { newId } from '@gramkit/core/kernel'
import type { Payment, PaymentGateway } from '@gramkit/core/payments'
import { aPerson } from '@gramkit/core/testing'
import { testDatabase } from '@gramkit/services/testing'
import fc from 'fast-check'
import { expect } from 'vitest'
import { onTheLedger, PaymentRun, PRICE } from '../harness/payment-run.ts'
import { paymentStep } from '../harness/payment-steps.ts'
import { proof } from '../harness/proof.ts'
import { together } from '../harness/together.ts'

const LANES = 4

/** A provider that offers everything; what it then reports is the proof's. */
const paper: PaymentGateway = {
  name: 'paper',
  capabilities: {
    currencies: ['RUB'],
    goods: { telegram: [], web: ['physical'] },
    partialRefund: true,
    renewals: 'saved_method',
    paymentTtlMs: 86_400_000,
  },
  start: async () => ({ providerPaymentId: newId(), confirmationUrl: 'https://pay.example/' }),
  refund: async ({ refundId }) => ({ providerRefundId: refundId, status: 'pending' }),
}

const steps = (most: number) =>
  fc.array(paymentStep, { minLength: 4, maxLength: most, size: 'max' })

proof('R8-payments a payment is what its reports make it, in any order', async (proof) => {
  const runs = proof.isFull ? 10_000 : 80
  const figures = await inLanes(runs, proof.chance.whole(0, 2 ** 31 - 1), (lane) =>
    fc.asyncProperty(steps(12), async (sequence) => {
      const run = await lane.begin()
      for (const step of sequence) await run.step(step)
      await run.check()
      lane.count(sequence.length, run)
    }),
  )
  proof.report({ runs, ...figures })
})

proof('R8-payments nothing is given twice or lost when all of it comes at once', async (proof) => {
  const runs = proof.isFull ? 2_000 : 20
  const figures = await inLanes(runs, proof.chance.whole(0, 2 ** 31 - 1), (lane) =>
    fc.asyncProperty(steps(6), async (sequence) => {
      const run = await lane.begin()
      await run.stepsAtOnce(sequence)
      await run.checkWhatever(sequence)
      lane.count(sequence.length, run)
    }),
  )
  proof.report({ runs, ...figures })
})

interface Lane {
  begin(): Promise<PaymentRun>
  count(steps: number, run: PaymentRun): void
}

/** Runs a property in several databases side by side and counts what happened. */
async function inLanes(
  runs: number,
  seed: number,
  property: (lane: Lane) => fc.IAsyncProperty<unknown>,
): Promise<{ steps: number; refusals: number }> {
  const figures = { steps: 0, refusals: 0 }
  const lanes = Array.from({ length: LANES }, (_, lane) => lane)
  await together(lanes, LANES, async (number) => {
    await using database = await testDatabase()
    await using platform = await createPlatform({
      databaseUrl: database.appUrl,
      poolSize: 6,
      gateways: [paper],
      returnUrls: ['https://shop.example/'],
      fulfilments: { piece: onTheLedger },
      products: [
        {
          id: 'mug',
          kind: 'piece',
          goods: 'physical',
          title: 'Mug',
          description: 'A mug.',
          prices: { RUB: PRICE },
        },
      ],
    })
    const lane: Lane = {
      async begin() {
        const payment = await buy(platform)
        return new PaymentRun({ platform, payment })
      },
      count(steps, run) {
        figures.steps += steps
        figures.refusals += run.refusals.length
      },
    }
    await fc.assert(property(lane), { seed: seed + number, numRuns: runs / LANES })
    const verified = await platform.services.balance.verify()
    expect(verified).toMatchObject({ ok: true, differences: [] })
  })
  return figures
}

async function buy({ services }: Platform<CoreServices>): Promise<Payment> {
  const { id: userId } = await aPerson(services)
  return services.payments.start({
    id: newId(),
    userId,
    productId: 'mug',
    gateway: 'paper',
    currency: 'RUB',
    surface: 'web',
    returnUrl: 'https://shop.example/',
  })
}
