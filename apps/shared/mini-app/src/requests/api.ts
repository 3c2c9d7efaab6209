import type * as z from 'zod/mini'
import { failureOf, RequestFailed, toRequestFailed } from './request-failed.ts'
import type { Fetch } from './send.ts'

/** A request: `GET` unless it says otherwise. */
export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: object
}

/** A client of an app's HTTP interface that sends in somebody's name. */
export interface Api {
  /** The answer, in the shape that is wanted; throws `RequestFailed` for everything else. */
  ask<Wire extends z.ZodMiniType>(wire: Wire, path: string, ask?: Ask): Promise<z.infer<Wire>>
  /** Waits for an answer that says nothing but yes. */
  tell(path: string, ask: Ask): Promise<void>
  /** The answer as text. */
  text(path: string): Promise<string>
  /** The answer as a file. */
  file(path: string): Promise<Blob>
}

/** Makes a client of the interface at an address. */
export function apiAt(baseUrl: string, send: Fetch): Api {
  const call = async (path: string, { method = 'GET', query, body }: Ask): Promise<Response> => {
    const url = new URL(path, baseUrl)
    for (const [name, value] of Object.entries(query ?? {})) {
      if (value !== undefined && value !== '') url.searchParams.set(name, String(value))
    }
    const request = new Request(url, {
      method,
      ...(body
        ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
        : {}),
    })
    const response = await send(request).catch((error: unknown) => {
      throw toRequestFailed(error)
    })
    if (response.ok) return response
    throw failureOf(response.status, await response.json().catch(() => undefined))
  }
  return {
    async ask(wire, path, ask = {}) {
      const response = await call(path, ask)
      const answer = wire.safeParse(await response.json().catch(() => undefined))
      if (answer.success) return answer.data
      throw new RequestFailed({ code: 'client.unreadable', status: response.status })
    },
    async tell(path, ask) {
      await call(path, ask)
    },
    text: async (path) => (await call(path, {})).text(),
    file: async (path) => (await call(path, {})).blob(),
  }
}
