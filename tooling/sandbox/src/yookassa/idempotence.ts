import { createHash } from 'node:crypto'
import type { SandboxContext } from '../context.ts'
import { invalid } from './yookassa-error.ts'

interface StoredAnswer {
  readonly hash: string
  readonly answer: unknown
  readonly untilMs: number
}

const LIFE_MS = 24 * 3_600_000

/** Answers of POST and DELETE by key, kept for 24 hours of the sandbox's clock. */
export class Idempotence {
  readonly #context: SandboxContext
  readonly #answers

  constructor(context: SandboxContext) {
    this.#context = context
    this.#answers = context.store.collection<StoredAnswer>('idempotence')
  }

  /** Does the work once for each key; the same request again gives the first answer. */
  once(
    shopId: string,
    key: unknown,
    request: { readonly operation: string; readonly body: unknown },
    work: () => unknown,
  ): unknown {
    if (typeof key !== 'string' || key === '') {
      throw invalid('The Idempotence-Key header is missing', 'Idempotence-Key')
    }
    if (key.length > 64) throw invalid('The Idempotence-Key is too long', 'Idempotence-Key')
    const hash = createHash('sha256').update(JSON.stringify(request)).digest('hex')
    const id = `${shopId}:${key}`
    const { store, clock } = this.#context
    return store.transaction(() => {
      const known = this.#answers.get(id)
      if (known && known.untilMs > clock.now()) {
        if (known.hash === hash) return known.answer
        throw invalid('The Idempotence-Key was used for another request', 'Idempotence-Key')
      }
      const answer = work()
      this.#answers.put(id, { hash, answer, untilMs: clock.now() + LIFE_MS })
      return answer
    })
  }
}
