import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type BookEntry,
  type PaymentGateway,
  type PaymentSnapshot,
  ProviderRejected,
  ProviderUnavailable,
  type StartRequest,
  type StartResult,
} from '../../features/payments/index.ts'
import { addMs, newId } from '../../kernel/index.ts'

/** A gateway with its provider, or the provider's sandbox, in the hands of a test. */
export interface GatewayUnderTest extends AsyncDisposable {
  readonly gateway: PaymentGateway
  /** The provider's time. */
  now(): Promise<Date>
  /** Lets some minutes pass at the provider. */
  wait(minutes: number): Promise<void>
  /** Somebody pays what was offered; gives the provider's id of the payment. */
  pay(offer: StartResult): Promise<string>
  /** Who pays, where the provider knows people by Telegram. [null] */
  readonly payerTelegramId: bigint | null
  /** The provider does what it is asked, and its answers never arrive, until `recover`. */
  loseAnswers(): Promise<void>
  /** The provider does nothing and answers with errors, until `recover`. */
  goAway(): Promise<void>
  recover(): Promise<void>
  /** What the provider has in its own books. */
  books(): Promise<{ readonly payments: number; readonly refunds: number }>
  /** Keys and tokens that must not be found in any error. */
  readonly secrets: readonly string[]
}

/** What the suite sells; a gateway that takes only some amounts names them. */
export interface PaymentGatewayContractOptions {
  readonly name: string
  readonly make: () => Promise<GatewayUnderTest>
  /** Minor units. [1, 10, 29, 100, 1 999 and 123 456] */
  readonly amounts?: readonly bigint[]
}

/** A float that is multiplied by 100 loses a minor unit of 0.29 and of 19.99. */
const USUAL_AMOUNTS = [1n, 10n, 29n, 100n, 1_999n, 123_456n]

/**
 * What every payment gateway keeps to, whoever wrote it: an adapter is done when this passes.
 * Runs against the provider's sandbox, over HTTP; what a gateway leaves out, it must not claim.
 *
 * @example
 * paymentGatewayContract({ name: 'tinkoff', make: async () => aTinkoff(await startTheirSandbox()) })
 */
export function paymentGatewayContract(options: PaymentGatewayContractOptions): void {
  const { name, make, amounts = USUAL_AMOUNTS } = options
  const PRICE = amounts.at(-1) ?? 100n

  describe(`the payment gateway ${name}`, () => {
    let it: GatewayUnderTest
    let gateway: PaymentGateway

    beforeEach(async () => {
      it = await make()
      gateway = it.gateway
    })

    afterEach(() => it[Symbol.asyncDispose]())

    const currency = () => {
      const [first] = gateway.capabilities.currencies
      if (!first) throw new Error(`${name} takes no currency`)
      return first
    }

    const request = (more: Partial<StartRequest> = {}): StartRequest => ({
      paymentId: newId(),
      money: { amount: PRICE, currency: currency() },
      product: {
        id: 'mug',
        kind: 'piece',
        goods: gateway.capabilities.goods.web.includes('physical') ? 'physical' : 'digital',
        title: 'Mug',
        description: 'A mug.',
        capture: 'automatic',
      },
      returnUrl: 'https://shop.example/',
      savesMethod: false,
      ...more,
    })

    async function paid(asked: StartRequest): Promise<string> {
      return it.pay(await gateway.start(asked))
    }

    /** Reads the books up to a minute ago, as core leaves young lines alone. */
    async function readBooks(cursor?: string): Promise<{ entries: BookEntry[]; cursor: string }> {
      return readBooksUntil(addMs(await it.now(), -60_000), cursor)
    }

    async function readBooksUntil(until: Date, cursor?: string) {
      const since = addMs(until, -86_400_000)
      const entries: BookEntry[] = []
      for (let at = cursor; ; ) {
        const page = await gateway.readBooks?.({ cursor: at, since, until })
        if (!page) throw new Error(`${name} shows no books`)
        entries.push(...page.entries)
        at = page.cursor
        if (page.isLast) return { entries, cursor: at }
      }
    }

    /** How a payment stands: asked for, or found in the books. */
    async function snapshotOf(providerPaymentId: string): Promise<PaymentSnapshot | undefined> {
      if (gateway.fetch) return gateway.fetch(providerPaymentId)
      const { entries } = await readBooksUntil(addMs(await it.now(), 1_000))
      const found = entries.find(
        (entry) => entry.kind === 'payment' && entry.report.providerPaymentId === providerPaymentId,
      )
      return found?.kind === 'payment' ? found.report : undefined
    }

    const refund = (providerPaymentId: string, amount = PRICE, refundId: string = newId()) =>
      gateway.refund({
        refundId,
        providerPaymentId,
        money: { amount, currency: currency() },
        payerTelegramId: it.payerTelegramId,
      })

    const failureOf = (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => undefined,
        (error: unknown) => error,
      )

    /** Everything of an error that a log could print. */
    function printed(error: unknown): string {
      if (!(error instanceof Error)) return String(error)
      const own = JSON.stringify(error, Object.getOwnPropertyNames(error))
      return [own, error.stack, error.cause ? printed(error.cause) : ''].join('\n')
    }

    describe('what it says of itself', () => {
      test('is complete', () => {
        const { capabilities } = gateway
        expect(gateway.name).toMatch(/^[a-z][a-z0-9-]{1,31}$/)
        expect(capabilities.currencies.length).toBeGreaterThan(0)
        const sold = [...capabilities.goods.telegram, ...capabilities.goods.web]
        expect(sold.length).toBeGreaterThan(0)
        expect(capabilities.paymentTtlMs).toBeGreaterThan(0)
        // Somebody must be able to tell how a payment stands when its webhook was lost.
        expect(gateway.fetch ?? gateway.readBooks).toBeDefined()
      })

      test('is kept: what it can, there is a method for', () => {
        const { renewals } = gateway.capabilities
        expect(gateway.chargeSavedMethod !== undefined).toBe(renewals === 'saved_method')
        expect(gateway.switchRenewal !== undefined).toBe(renewals === 'provider')
        expect(gateway.capture !== undefined).toBe(gateway.cancel !== undefined)
        if (gateway.lookUp) expect(gateway.lookUp.afterMs).toBeGreaterThan(0)
      })
    })

    describe('an offer', () => {
      test('can be paid, for exactly the money that was asked for', async () => {
        for (const amount of amounts) {
          const asked = request({ money: { amount, currency: currency() } })
          const offer = await gateway.start(asked)
          expect(offer.confirmationUrl).toMatch(/^https?:\/\//)
          const providerPaymentId = await it.pay(offer)
          expect(offer.providerPaymentId ?? providerPaymentId).toBe(providerPaymentId)
          expect(await snapshotOf(providerPaymentId)).toMatchObject({
            gateway: gateway.name,
            paymentId: asked.paymentId,
            providerPaymentId,
            status: 'succeeded',
            money: { amount, currency: currency() },
          })
        }
        expect((await it.books()).payments).toBe(amounts.length)
      })

      test('asked for again is the same one', async () => {
        const asked = request()
        const [first, second] = [await gateway.start(asked), await gateway.start(asked)]
        expect(second.providerPaymentId).toBe(first.providerPaymentId)
        await it.pay(second)
        expect((await it.books()).payments).toBe(1)
      })

      test('whose answer was lost is open, and there once the same is asked again', async () => {
        const asked = request()
        await it.loseAnswers()
        expect(await failureOf(gateway.start(asked))).toBeInstanceOf(ProviderUnavailable)
        await it.recover()
        const { lookUp } = gateway
        const found = await lookUp?.payment({
          paymentId: asked.paymentId,
          createdAt: await it.now(),
        })
        const offer = await gateway.start(asked)
        if (lookUp) expect(found?.providerPaymentId).toBe(offer.providerPaymentId)
        await it.pay(offer)
        expect((await it.books()).payments).toBe(1)
      })

      test('whose answer was lost is found when the provider has forgotten the key', async () => {
        const { lookUp } = gateway
        if (!lookUp) return
        const { paymentId, ...rest } = request()
        const createdAt = await it.now()
        await it.loseAnswers()
        await failureOf(gateway.start({ paymentId, ...rest }))
        await it.recover()
        await it.wait(Math.ceil(lookUp.afterMs / 60_000))
        const found = await lookUp.payment({ paymentId, createdAt })
        expect(found).toMatchObject({ paymentId, money: rest.money })
      })

      test('is open while the provider is away, and no secret is in the error', async () => {
        await it.goAway()
        const failure = await failureOf(gateway.start(request()))
        expect(failure).toBeInstanceOf(ProviderUnavailable)
        for (const secret of it.secrets) {
          expect(printed(failure)).not.toContain(secret)
          expect(printed(failure)).not.toContain(
            Buffer.from(secret).toString('base64').slice(0, 20),
          )
        }
      })
    })

    describe('a payment', () => {
      test('that never was is unknown, not an error', async () => {
        expect(await snapshotOf(newId())).toBeUndefined()
        const createdAt = await it.now()
        const { lookUp } = gateway
        expect(await lookUp?.payment({ paymentId: newId(), createdAt })).toBeUndefined()
      })

      test('that is reserved is taken once, all of it or a part, or freed', async () => {
        const { capture, cancel } = gateway
        if (!capture || !cancel) return
        const manual = { ...request().product, capture: 'manual' as const }
        const reserve = async () => {
          const asked = request({ product: manual })
          const providerPaymentId = await paid(asked)
          expect(await snapshotOf(providerPaymentId)).toMatchObject({
            status: 'waiting_for_capture',
            money: { amount: PRICE },
          })
          return { paymentId: asked.paymentId, providerPaymentId }
        }
        for (const amount of [PRICE, PRICE / 2n]) {
          const call = { ...(await reserve()), money: { amount, currency: currency() } }
          const taken = { status: 'succeeded', money: { amount } }
          await it.loseAnswers()
          expect(await failureOf(capture(call))).toBeInstanceOf(ProviderUnavailable)
          await it.recover()
          expect(await capture(call)).toMatchObject(taken)
          expect(await capture(call)).toMatchObject(taken)
          expect(await snapshotOf(call.providerPaymentId)).toMatchObject(taken)
        }
        const freed = await reserve()
        expect(await cancel(freed)).toMatchObject({ status: 'canceled' })
        expect((await snapshotOf(freed.providerPaymentId))?.status).toBe('canceled')
      })

      test('by a saved method is made once for each id', async () => {
        const { chargeSavedMethod } = gateway
        if (!chargeSavedMethod) return
        const asked = request({ savesMethod: true })
        const savedMethodId = (await snapshotOf(await paid(asked)))?.savedMethodId
        if (!savedMethodId) throw new Error('The method was not saved')
        const { money, product } = asked
        const charge = { paymentId: newId(), money, product, savedMethodId }
        await it.loseAnswers()
        expect(await failureOf(chargeSavedMethod(charge))).toBeInstanceOf(ProviderUnavailable)
        await it.recover()
        const [first, second] = [await chargeSavedMethod(charge), await chargeSavedMethod(charge)]
        expect(first).toMatchObject({ status: 'succeeded', paymentId: charge.paymentId, money })
        expect(second.providerPaymentId).toBe(first.providerPaymentId)
        expect((await it.books()).payments).toBe(2)
      })
    })

    describe('a refund', () => {
      test('is made once for each id', async () => {
        const providerPaymentId = await paid(request())
        const refundId = newId()
        const first = await refund(providerPaymentId, PRICE, refundId)
        const second = await refund(providerPaymentId, PRICE, refundId)
        expect(second).toEqual(first)
        expect(first.status).toBe('succeeded')
        expect((await it.books()).refunds).toBe(1)
        const told = await gateway.fetchRefund?.(first.providerRefundId)
        if (gateway.fetchRefund) {
          expect(told).toMatchObject({ providerPaymentId, refundId, amount: PRICE })
        }
        // What went back is told by the refund; the payment is still of what was paid.
        const kept = { status: 'succeeded', money: { amount: PRICE } }
        expect(await snapshotOf(providerPaymentId)).toMatchObject(kept)
      })

      test('whose answer was lost is open, and found or made once', async () => {
        const providerPaymentId = await paid(request())
        const refundId = newId()
        await it.loseAnswers()
        const failure = await failureOf(refund(providerPaymentId, PRICE, refundId))
        expect(failure).toBeInstanceOf(ProviderUnavailable)
        await it.recover()
        const createdAt = await it.now()
        const { lookUp } = gateway
        const found = await lookUp?.refund({ refundId, providerPaymentId, createdAt })
        const again = await refund(providerPaymentId, PRICE, refundId)
        if (lookUp) expect(found?.providerRefundId).toBe(again.providerRefundId)
        const other = { refundId: newId(), providerPaymentId, createdAt }
        expect(await lookUp?.refund(other)).toBeUndefined()
        expect((await it.books()).refunds).toBe(1)
      })

      test('of a part leaves the rest, and never more than was paid', async () => {
        if (!gateway.capabilities.partialRefund) return
        const providerPaymentId = await paid(request())
        await refund(providerPaymentId, 1n)
        const failure = await failureOf(refund(providerPaymentId, PRICE))
        expect(failure).toBeInstanceOf(ProviderRejected)
        await refund(providerPaymentId, PRICE - 1n)
        expect((await it.books()).refunds).toBe(2)
      })

      test('of a payment that never was is a definite no', async () => {
        expect(await failureOf(refund(newId()))).toBeInstanceOf(ProviderRejected)
      })
    })

    describe('while the provider is away', () => {
      test('nothing that is asked is answered: no "there is none", no "no"', async () => {
        const { fetch, fetchRefund, capture, cancel, chargeSavedMethod, lookUp } = gateway
        const asked = request()
        const { paymentId, money } = asked
        const providerPaymentId = await paid(asked)
        const refundId = newId()
        const { providerRefundId } = await refund(providerPaymentId, PRICE, refundId)
        const createdAt = await it.now()
        await it.goAway()
        const failing = (call: Promise<unknown> | undefined) => call && failureOf(call)
        const failures = {
          refund: failing(refund(providerPaymentId, PRICE, newId())),
          fetch: failing(fetch?.(providerPaymentId)),
          fetchRefund: failing(fetchRefund?.(providerRefundId)),
          capture: failing(capture?.({ paymentId, providerPaymentId, money })),
          cancel: failing(cancel?.({ paymentId, providerPaymentId })),
          charge: failing(chargeSavedMethod?.({ ...asked, savedMethodId: 'one' })),
          lookUpPayment: failing(lookUp?.payment({ paymentId, createdAt })),
          lookUpRefund: failing(lookUp?.refund({ refundId, providerPaymentId, createdAt })),
          books: failing(gateway.readBooks && readBooks()),
        }
        for (const [call, failure] of Object.entries(failures)) {
          if (failure) expect(await failure, call).toBeInstanceOf(ProviderUnavailable)
        }
      })
    })

    describe('its books', () => {
      test('have each line once, a payment before its refund, and go on where they ended', async () => {
        if (!gateway.readBooks) return
        const refunded: string[] = []
        for (let time = 0; time < 2; time++) {
          const providerPaymentId = await paid(request())
          await refund(providerPaymentId)
          refunded.push(providerPaymentId)
        }
        const made = [...refunded, await paid(request())]
        await it.wait(5)
        const first = await readBooks()
        // What a provider says is kept as it is told, as JSON.
        const bodies = first.entries.map((entry) =>
          entry.kind === 'payment' ? entry.report.body : {},
        )
        expect(JSON.parse(JSON.stringify(bodies))).toEqual(bodies)
        const lines = first.entries.map((entry) =>
          'report' in entry ? `${entry.kind} ${entry.report.providerPaymentId}` : entry.problem,
        )
        const expected = [
          ...made.map((id) => `payment ${id}`),
          ...refunded.map((id) => `refund ${id}`),
        ]
        expect(lines.toSorted()).toEqual(expected.sort())
        for (const id of refunded) {
          expect(lines.indexOf(`payment ${id}`)).toBeLessThan(lines.indexOf(`refund ${id}`))
        }
        expect((await readBooks()).entries).toEqual(first.entries)
        expect((await readBooks(first.cursor)).entries).toEqual([])
        const later = await paid(request())
        await it.wait(5)
        const { entries } = await readBooks(first.cursor)
        expect(entries).toMatchObject([{ kind: 'payment', report: { providerPaymentId: later } }])
      })

      test('leave out what is too young, for the next time', async () => {
        if (!gateway.readBooks) return
        const since = await it.now()
        await it.wait(5)
        const providerPaymentId = await paid(request())
        const page = await gateway.readBooks({ cursor: undefined, since, until: since })
        expect(page).toMatchObject({ entries: [], isLast: true })
        await it.wait(5)
        const { entries } = await readBooks(page.cursor)
        expect(entries).toMatchObject([{ kind: 'payment', report: { providerPaymentId } }])
      })
    })
  })
}
