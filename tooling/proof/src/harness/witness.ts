import type { Answer, ApiClient } from '@gramkit/shop/testing'
import type { Buyer } from './buyers.ts'

/** One request and what became of it. */
export interface Witnessed {
  readonly what: string
  readonly beganAt: number
  readonly endedAt: number
  /** HTTP status; 0 when there was no answer. */
  readonly status: number
  /** Code of a problem, or why there was no answer. */
  readonly code: string
}

/** Writes down every request of the clients that it is given. */
export class Witness {
  readonly requests: Witnessed[] = []

  /** The same buyer, watched. */
  watch(buyer: Buyer): Buyer {
    return 'customer' in buyer
      ? { customer: { ...buyer.customer, ...this.#watched(buyer.customer) } }
      : { guest: this.#watched(buyer.guest) }
  }

  /**
   * Requests that failed, save those that were under way in one of the given spans. An overloaded
   * process that says so has not failed: that depends on the machine.
   */
  failures(spans: readonly { readonly from: number; readonly to: number }[] = []): string[] {
    return this.requests
      .filter(({ status, code }) => (status === 0 || status >= 500) && code !== 'http.overloaded')
      .filter(
        ({ beganAt, endedAt }) => !spans.some(({ from, to }) => endedAt >= from && beganAt <= to),
      )
      .map(({ what, status, code }) => `${what}: ${status} ${code}`)
  }

  /** How long each request took, in ms. */
  durations(): number[] {
    return this.requests.map(({ beganAt, endedAt }) => endedAt - beganAt)
  }

  #watched(client: ApiClient): ApiClient {
    return {
      ...client,
      get: (path) => this.#note(`GET ${path}`, () => client.get(path)),
      post: (path, body, key) => this.#note(`POST ${path}`, () => client.post(path, body, key)),
    }
  }

  async #note(what: string, ask: () => Promise<Answer>): Promise<Answer> {
    const beganAt = performance.now()
    const note = (status: number, code: string) =>
      this.requests.push({ what, beganAt, endedAt: performance.now(), status, code })
    try {
      const answer = await ask()
      note(answer.status, String(answer.body?.code ?? ''))
      return answer
    } catch (error) {
      note(0, String(error))
      throw error
    }
  }
}
