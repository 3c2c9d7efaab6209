import { newId } from '@gramkit/core/kernel'
import type { Sandbox, UserControl } from '@gramkit/sandbox'
import { type Answer, apiClient } from '@gramkit/sandbox/testing'
import { ADMIN_TOKEN } from './running-launchpad.ts'

/** Whoever asks a launchpad: a stranger in a network of their own, unless a token says who it is. */
export interface Client {
  get(path: string): Promise<Answer>
  post(path: string, body?: object): Promise<Answer>
  put(path: string, body?: object): Promise<Answer>
  delete(path: string): Promise<Answer>
}

/** Somebody of Telegram who is logged in. */
export interface Person extends Client {
  readonly person: UserControl
  readonly userId: string
  readonly token: string
}

let networks = 0

/** A network that nobody else is in. */
export function aNetwork(): string {
  networks += 1
  return `10.${networks >> 8}.${networks & 255}.7`
}

/** Makes a client; the launchpad must trust 127.0.0.1 as a proxy. */
export function clientOf(
  { url }: { readonly url: string },
  { token, network = aNetwork() }: { readonly token?: string; readonly network?: string } = {},
): Client {
  const call = async (method: string, path: string, body?: object): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        'x-forwarded-for': network,
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    return { status: response.status, body: isJson ? JSON.parse(text) : text }
  }
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    put: (path, body) => call('PUT', path, body),
    delete: (path) => call('DELETE', path),
  }
}

/** The administrator. */
export function adminOf(launchpad: { readonly url: string }): Client {
  return clientOf(launchpad, { token: ADMIN_TOKEN })
}

/** Makes a person in the sandbox and logs them in with their init data. */
export async function aPersonOf(
  launchpad: { readonly url: string; readonly sandbox: Pick<Sandbox, 'control'> },
  name = 'Ada',
): Promise<Person> {
  const person = launchpad.sandbox.control.user(newId(), { first_name: name })
  const initData = await person.initData()
  const login = await apiClient(launchpad, 'none').post('/join/api/v1/auth/telegram', { initData })
  return {
    ...clientOf(launchpad, { token: login.body.token }),
    person,
    token: login.body.token,
    userId: login.body.user.id,
  }
}
