import { failureOf, toRequestFailed } from './request-failed.ts'
import type { Session } from './session.ts'

/** Sends a request; what `fetch` does. */
export type Fetch = (request: Request) => Promise<Response>

const REQUEST_TIMEOUT_MS = 20_000

/** Sends a request and gives up after 20 seconds. */
export function withTimeout(request: Request): Promise<Response> {
  return fetch(request, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) })
}

/**
 * Sends requests with the session's token; where it is refused, or too old for what is asked, logs in
 * again and repeats once.
 */
export function fetchAs(session: Session, send: Fetch): Fetch {
  return async (request) => {
    const token = await session.token()
    const response = await send(authorized(request.clone(), token))
    if (await isTooOld(response)) return send(authorized(request, await session.renew(token)))
    if (response.status !== 401) return response
    await session.refuse(token)
    return send(authorized(request, await session.token()))
  }
}

/** What changes how somebody logs in asks for a login of the last minutes. */
async function isTooOld(response: Response): Promise<boolean> {
  if (response.status !== 403) return false
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined)
  return failureOf(response.status, body).code === 'http.login_too_old'
}

/** The body of a successful answer; throws `RequestFailed` for everything else. */
export async function answerOf<Data>(
  call: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Data> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw toRequestFailed(cause)
  })
  if (data === undefined) throw failureOf(response.status, error)
  return data
}

/** Waits for an answer that says nothing but yes; throws `RequestFailed` for everything else. */
export async function doneOf(
  call: Promise<{ error?: unknown; response: Response }>,
): Promise<void> {
  const { error, response } = await call.catch((cause: unknown) => {
    throw toRequestFailed(cause)
  })
  if (!response.ok) throw failureOf(response.status, error)
}

function authorized(request: Request, token: string): Request {
  request.headers.set('authorization', `Bearer ${token}`)
  return request
}
