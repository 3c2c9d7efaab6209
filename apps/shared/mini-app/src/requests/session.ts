import type { TextStore } from '../store.ts'

/** Logs in and answers with a session token. */
export type LogIn = () => Promise<string>

/**
 * The session of one person: asked for once, kept by the device, renewed after it is refused.
 *
 * Init data opens one login only, and clients hand out what they have cached, so the token outlives
 * the tab. Several people may use one browser (a page that frames the app for each), so each has a
 * place of their own; several tabs of one person share it.
 */
export class Session {
  readonly #logIn: LogIn
  readonly #key: string
  readonly #store: TextStore
  #token: Promise<string> | undefined
  #refused: string | undefined

  constructor(setup: { logIn: LogIn; identity: string; store: TextStore }) {
    this.#logIn = setup.logIn
    this.#key = `session.${setup.identity}`
    this.#store = setup.store
  }

  /** The token to send; logs in first where there is none. */
  token(): Promise<string> {
    this.#token ??= this.#begin()
    return this.#token
  }

  /** Drops a token the server refused, unless somebody has replaced it already. */
  async refuse(token: string): Promise<void> {
    const current = await this.#token?.catch(() => undefined)
    if (current !== token) return
    this.#token = undefined
    this.#refused = token
  }

  /** Logs in anew where a login is too old for something; keeps it where that is refused. */
  async renew(token: string): Promise<string> {
    try {
      const fresh = await this.#logIn()
      this.#store.set(this.#key, fresh)
      this.#token = Promise.resolve(fresh)
      return fresh
    } catch {
      return token
    }
  }

  async #begin(): Promise<string> {
    const kept = this.#store.get(this.#key)
    if (kept && kept !== this.#refused) return kept
    try {
      const token = await this.#logIn()
      this.#store.set(this.#key, token)
      return token
    } catch (error) {
      this.#token = undefined
      throw error
    }
  }
}
