import { type Fetch, fetchAs, type Session, withTimeout } from '@gramkit/mini-app/requests'
import type { TextStore } from '@gramkit/mini-app/store'

/** Keys of {@link TextStore} under which it is kept in whose name requests are sent. */
export const ACCESS_KEYS = {
  /** The login of somebody with an account, outside Telegram. */
  login: 'login',
  /** What shows somebody without an account their own place. */
  position: 'position-token',
  /** The administrator's token: for the tab only. */
  admin: 'admin-token',
} as const

/** Who may be asked as: a person of the Mini App, or whoever the browser keeps a token of. */
export class Access {
  readonly #session: Session | undefined
  readonly #device: TextStore
  readonly #tab: TextStore

  constructor(parts: { session?: Session | undefined; device: TextStore; tab: TextStore }) {
    this.#session = parts.session
    this.#device = parts.device
    this.#tab = parts.tab
  }

  /** Whether anybody is known here: a stranger need not ask for a place. */
  get isKnown(): boolean {
    return this.#session !== undefined || this.#personToken() !== undefined
  }

  /** Whether the person is logged in, not only holds the link of their place. */
  get isLoggedIn(): boolean {
    return this.#session !== undefined || this.#device.get(ACCESS_KEYS.login) !== undefined
  }

  /** Whether an administrator's token is kept. */
  get hasAdminToken(): boolean {
    return this.#tab.get(ACCESS_KEYS.admin) !== undefined
  }

  /** Sends in the name of the person, or of nobody. */
  readonly asPerson: Fetch = (request) => {
    if (this.#session) return fetchAs(this.#session, withTimeout)(request)
    return sendWith(request, this.#personToken())
  }

  /** Sends with the administrator's token, or in the name of a person who may be one. */
  readonly asAdmin: Fetch = (request) => {
    const token = this.#tab.get(ACCESS_KEYS.admin)
    return token === undefined ? this.asPerson(request) : sendWith(request, token)
  }

  /** Keeps the link to a place. */
  keepPosition(token: string): void {
    this.#device.set(ACCESS_KEYS.position, token)
  }

  /** Keeps a login. */
  keepLogin(token: string): void {
    this.#device.set(ACCESS_KEYS.login, token)
  }

  /** Keeps the administrator's token until the tab is closed. */
  keepAdmin(token: string): void {
    this.#tab.set(ACCESS_KEYS.admin, token)
  }

  /** Forgets who somebody is. */
  forgetPerson(): void {
    this.#device.remove(ACCESS_KEYS.login)
    this.#device.remove(ACCESS_KEYS.position)
  }

  /** Forgets the administrator's token. */
  forgetAdmin(): void {
    this.#tab.remove(ACCESS_KEYS.admin)
  }

  #personToken(): string | undefined {
    return this.#device.get(ACCESS_KEYS.login) ?? this.#device.get(ACCESS_KEYS.position)
  }
}

function sendWith(request: Request, token: string | undefined): Promise<Response> {
  if (token !== undefined) request.headers.set('authorization', `Bearer ${token}`)
  return withTimeout(request)
}
