import type { Answer } from '@gramkit/sandbox/testing'
import type { RunningShop } from './running-shop.ts'

export { digitsIn, newestMail } from '@gramkit/sandbox/testing'

/** A stranger's client in a network of its own, behind the proxy that the tests play. */
export interface Client {
  /** The network that limits count. */
  readonly network: string
  post(path: string, body: object, token?: string): Promise<Answer>
  call(method: string, path: string, token?: string, body?: object): Promise<Answer>
}

let networks = 0

/** Makes a client in a network nobody else is in; the shop must trust 127.0.0.1 as a proxy. */
export function aClient(shop: Pick<RunningShop, 'url'>): Client {
  networks += 1
  const address = `10.${networks >> 8}.${networks & 255}.7`
  const call: Client['call'] = async (method, path, token, body) => {
    const response = await fetch(`${shop.url}/api/v1${path}`, {
      method,
      headers: {
        'x-forwarded-for': address,
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await response.text()
    return { status: response.status, body: text ? JSON.parse(text) : undefined }
  }
  const network = address.replace(/7$/, '0/24')
  return { network, call, post: (path, body, token) => call('POST', path, token, body) }
}

/** Other digits than these. */
export function wrongDigits(right: string): string {
  return String((Number(right) + 1) % 1_000_000).padStart(6, '0')
}
