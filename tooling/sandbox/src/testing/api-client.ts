import { randomUUID } from 'node:crypto'

/** An answer of the API, read as JSON. */
export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts the shape it expects
  readonly body: any
}

/** Somebody who uses an app's API. */
export interface ApiClient {
  readonly token: string
  get(path: string): Promise<Answer>
  post(path: string, body?: object, key?: string): Promise<Answer>
  put(path: string, body?: object): Promise<Answer>
  delete(path: string): Promise<Answer>
}

/** Calls the API with a bearer token. */
export function apiClient(app: { readonly url: string }, token: string): ApiClient {
  const call = async (method: string, path: string, body?: object, key?: string) => {
    const response = await fetch(`${app.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(key ? { 'idempotency-key': key } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await response.text()
    return { status: response.status, body: text ? JSON.parse(text) : undefined }
  }
  return {
    token,
    get: (path) => call('GET', path),
    post: (path, body, key = randomUUID()) => call('POST', path, body, key),
    put: (path, body) => call('PUT', path, body),
    delete: (path) => call('DELETE', path),
  }
}
