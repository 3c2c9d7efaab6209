import { addMs, type Clock } from '../../kernel/index.ts'
import type { GatewayRegistry, PaymentGateway } from './payment-gateway.ts'
import { ProviderUnavailable } from './payments.errors.ts'

/** Calls that must stay open one after the other before the provider is left alone. */
const FAILURES_MAX = 5

/** First rest; doubles each time the provider does not answer after one. */
const REST_MS = 30_000

const REST_MAX_MS = 300_000

/** Puts an app's gateways into a registry, each behind a breaker of its own. */
export function createGatewayRegistry(
  gateways: readonly PaymentGateway[],
  clock: Clock,
): GatewayRegistry {
  return new Map(gateways.map((gateway) => [gateway.name, withBreaker(gateway, clock)]))
}

/**
 * Leaves a provider alone that does not answer: nobody waits for a timeout that is certain, and the
 * provider is not stormed when it comes back. After a rest one call goes through; an answer, also a
 * no, ends the rest. Kept in memory of one process, on the injected clock; it decides nothing but
 * whether to ask now.
 */
function withBreaker(gateway: PaymentGateway, clock: Clock): PaymentGateway {
  const breaker = new Breaker(gateway.name, clock)
  function guard<Args extends unknown[], Answer>(
    method: (...args: Args) => Promise<Answer>,
  ): (...args: Args) => Promise<Answer> {
    return (...args) => breaker.run(() => method.apply(gateway, args))
  }
  const { fetch, chargeSavedMethod, capture, cancel, fetchRefund, switchRenewal } = gateway
  const { lookUp, readBooks, receipts } = gateway
  return {
    name: gateway.name,
    capabilities: gateway.capabilities,
    start: guard(gateway.start),
    refund: guard(gateway.refund),
    fetch: fetch && guard(fetch),
    chargeSavedMethod: chargeSavedMethod && guard(chargeSavedMethod),
    capture: capture && guard(capture),
    cancel: cancel && guard(cancel),
    fetchRefund: fetchRefund && guard(fetchRefund),
    switchRenewal: switchRenewal && guard(switchRenewal),
    readBooks: readBooks && guard(readBooks),
    lookUp: lookUp && {
      afterMs: lookUp.afterMs,
      payment: guard((request) => lookUp.payment(request)),
      refund: guard((request) => lookUp.refund(request)),
    },
    receipts: receipts && {
      keyTtlMs: receipts.keyTtlMs,
      settle: guard((request) => receipts.settle(request)),
      list: guard((of) => receipts.list(of)),
    },
  }
}

class Breaker {
  readonly #name: string
  readonly #clock: Clock
  #failures = 0
  #rests = 0
  #restsUntil: Date | undefined
  #isProbing = false

  constructor(name: string, clock: Clock) {
    this.#name = name
    this.#clock = clock
  }

  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#restsUntil) return this.#probe(call, this.#restsUntil)
    return this.#watch(call)
  }

  async #probe<T>(call: () => Promise<T>, restsUntil: Date): Promise<T> {
    if (this.#isProbing || this.#clock.now() < restsUntil) {
      throw new ProviderUnavailable({
        gateway: this.#name,
        reason: 'left alone for a while, as it did not answer',
      })
    }
    this.#isProbing = true
    try {
      return await this.#watch(call)
    } finally {
      this.#isProbing = false
    }
  }

  async #watch<T>(call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call()
      this.#close()
      return answer
    } catch (error) {
      if (error instanceof ProviderUnavailable) this.#fail()
      else this.#close()
      throw error
    }
  }

  #close(): void {
    this.#failures = 0
    this.#rests = 0
    this.#restsUntil = undefined
  }

  #fail(): void {
    const now = this.#clock.now()
    this.#failures += 1
    // Calls that were under way when the rest began make it no longer.
    const isResting = this.#restsUntil && now < this.#restsUntil
    if (this.#failures < FAILURES_MAX || isResting) return
    this.#restsUntil = addMs(now, Math.min(REST_MS * 2 ** this.#rests, REST_MAX_MS))
    this.#rests += 1
  }
}
