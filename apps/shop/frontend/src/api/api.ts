import { fetchAs, type Session, withTimeout } from '@gramkit/mini-app/requests'
import createClient, { type Client } from 'openapi-fetch'
import type { paths } from './schema.ts'

/** A typed client of the shop's HTTP interface. */
export type ShopClient = Client<paths>

/** A client that sends no token; logs in with it. */
export function anonymousClient(baseUrl: string): ShopClient {
  return createClient<paths>({ baseUrl, fetch: withTimeout })
}

/** A client that acts for the person of a session. */
export function sessionClient(baseUrl: string, session: Session): ShopClient {
  return createClient<paths>({ baseUrl, fetch: fetchAs(session, withTimeout) })
}
