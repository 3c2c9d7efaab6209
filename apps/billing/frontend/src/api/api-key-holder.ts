import type { Fetch } from '@gramkit/mini-app/requests'
import type { TextStore } from '@gramkit/mini-app/store'

const NAME = 'api-key'

/** Holds the tenant's API key for as long as the tab is open. */
export class ApiKeyHolder {
  readonly #tab: TextStore
  readonly #listeners = new Set<() => void>()

  constructor(tab: TextStore) {
    this.#tab = tab
  }

  /** The key, good or not. */
  readonly current = (): string | undefined => this.#tab.get(NAME)

  /** Calls a listener after each change until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  keep(key: string): void {
    this.#tab.set(NAME, key)
    for (const listener of this.#listeners) listener()
  }

  forget(): void {
    this.#tab.remove(NAME)
    for (const listener of this.#listeners) listener()
  }

  /** Sends requests with the key. */
  asTenant(send: Fetch): Fetch {
    return (request) => {
      const key = this.current()
      if (key !== undefined) request.headers.set('authorization', `Bearer ${key}`)
      return send(request)
    }
  }
}
