import type { TextStore } from '../store.ts'

/** Logs in and answers with a session token. */
export type LogIn = () => Promise<string>

/**
 * The session of one person: asked for once, kept for reloads, renewed after it is refused.
 *
 * Two people may use one browser tab (a page that frames the app for each), so a kept token counts
 * only for the identity it was given to.
 */
export class Session {
  readonly #logIn: LogIn
  readonly #identity: string
  readonly #store: TextStore
  #token: Promise<string> | undefined

  constructor(setup: { logIn: LogIn; identity: string; store: TextStore }) {
    this.#logIn = setup.logIn
    this.#identity = setup.identity
    this.#store = setup.store
    const kept = this.#store.get('session')
    const [identity, token] = kept?.split('\n') ?? []
    if (identity === this.#identity && token) this.#token = Promise.resolve(token)
  }

  /** The token to send; logs in first where there is none. */
  token(): Promise<string> {
    this.#token ??= this.#begin()
    return this.#token
  }

  /** Drops a token the server refused, unless somebody has replaced it already. */
  async refuse(token: string): Promise<void> {
    const current = await this.#token?.catch(() => undefined)
    if (current === token) this.#token = undefined
  }

  async #begin(): Promise<string> {
    try {
      const token = await this.#logIn()
      this.#store.set('session', `${this.#identity}\n${token}`)
      return token
    } catch (error) {
      this.#token = undefined
      throw error
    }
  }
}
