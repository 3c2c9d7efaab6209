import { assert } from '../../kernel/index.ts'
import { codeKey } from './invitation-code.ts'

/** Most people of one batch. */
const BATCH_MAX = 100

interface Waiting<Result> {
  readonly usedBy: string
  resolve(result: Result): void
  reject(error: unknown): void
}

/**
 * Lets people who use one code at the same time go together: one batch of a code is under way in
 * this process, and who comes meanwhile forms the next. So they share the lock and the commit that
 * they would wait for one after the other. It groups and decides nothing: other processes have
 * queues of their own.
 */
export class UseQueue<Result> {
  readonly #useTogether: (code: string, people: readonly string[]) => Promise<readonly Result[]>
  readonly #waiting = new Map<string, Waiting<Result>[]>()

  constructor(
    useTogether: (code: string, people: readonly string[]) => Promise<readonly Result[]>,
  ) {
    this.#useTogether = useTogether
  }

  /** Gives what became of one person in their batch. */
  use(code: string, usedBy: string): Promise<Result> {
    return new Promise((resolve, reject) => {
      const key = codeKey(code)
      const waiting = this.#waiting.get(key)
      if (waiting) waiting.push({ usedBy, resolve, reject })
      else {
        this.#waiting.set(key, [{ usedBy, resolve, reject }])
        void this.#work(key)
      }
    })
  }

  async #work(key: string): Promise<void> {
    const waiting = this.#waiting.get(key)
    assert(waiting, 'Work begins with somebody who waits')
    for (;;) {
      // Those who come in the same turn go together, the ones among them who were just answered.
      await new Promise(setImmediate)
      if (waiting.length === 0) break
      const batch = waiting.splice(0, BATCH_MAX)
      try {
        const results = await this.#useTogether(
          key,
          batch.map(({ usedBy }) => usedBy),
        )
        for (const [index, { resolve }] of batch.entries()) {
          const result = results[index]
          assert(result !== undefined, 'Each who waits has a result')
          resolve(result)
        }
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#waiting.delete(key)
  }
}
