import { rows } from '@gramkit/core/database'
import { DAY_MS, newId } from '@gramkit/core/kernel'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import {
  type Answer,
  type ApiClient,
  aCustomer,
  aGuest,
  apiClient,
  type Customer,
  eventually,
  type RunningShop,
} from './running-shop.ts'

/** The newest subscription of somebody. */
export async function subscriptionOf(customer: Pick<ApiClient, 'get'>) {
  const { body } = await customer.get('/api/v1/subscriptions')
  return body.items[0]
}

/** Somebody's payments, newest first. */
export async function paymentsOf(customer: Pick<ApiClient, 'get'>) {
  return (await customer.get('/api/v1/payments')).body.items
}

/** Payloads of the events of a name about something, oldest first. */
export async function eventsOf(shop: RunningShop, name: string, subjectId: string) {
  const { core } = shop.served().app.platform
  const found = await rows(
    core.repos.db,
    sql`select payload from gramkit.outbox_event
        where name = ${name} and subject_id = ${subjectId} order by id`,
    z.object({ payload: z.record(z.string(), z.unknown()) }),
  )
  return found.map(({ payload }) => payload)
}

/** The states of somebody's payments, newest first. */
export async function statusesOf(customer: Pick<ApiClient, 'get'>): Promise<string[]> {
  return (await paymentsOf(customer)).map(({ status }: { status: string }) => status)
}

/** A person in Telegram who has just subscribed. */
export async function subscribedWithStars(shop: RunningShop): Promise<Customer> {
  const customer = await aCustomer(shop)
  const { body } = await customer.buy('pro-monthly')
  const { status } = await customer.person.pay(body.confirmationUrl)
  if (status !== 'paid') throw new Error(`The subscription was not paid: ${status}`)
  await eventually(
    () => subscriptionOf(customer),
    (found) => found !== undefined,
  )
  return customer
}

/** How somebody pays with a card. */
interface CardPurchase {
  /** [pro-monthly] */
  readonly productId?: string
  /** The version of the text by which they let the card be kept; null to keep none. [test] */
  readonly consent?: string | null
  /** Where receipts go. [nowhere] */
  readonly contact?: { readonly email: string }
}

/** A guest on the web who has just subscribed with a card, which is kept if they consent. */
export async function subscribedWithCard(
  shop: RunningShop,
  purchase: CardPurchase = {},
): Promise<ApiClient> {
  const guest = await aGuest(shop)
  await buyWithCard(shop, guest, purchase)
  await eventually(
    () => subscriptionOf(guest),
    (found) => found !== undefined,
  )
  return guest
}

/** Buys with a card, waits until it is settled, and gives the payment’s id. */
export async function buyWithCard(
  shop: RunningShop,
  guest: ApiClient,
  { productId = 'pro-monthly', consent = 'test', contact }: CardPurchase = {},
): Promise<string> {
  const { body } = await guest.post('/api/v1/payments', {
    ...{ productId, gateway: 'yookassa', currency: 'RUB' },
    ...(contact ? { contact } : {}),
    ...(consent === null ? {} : { autopaymentConsent: { textVersion: consent } }),
  })
  const { payments } = shop.served().app.platform.core
  const { id, providerPaymentId } = await payments.getById(body.payment.id)
  await shop.sandbox.control.yookassa.succeed(providerPaymentId ?? '')
  await eventually(
    () => payments.getById(id),
    ({ status }) => status === 'succeeded',
  )
  return id
}

/** Buys a period with Stars, waits until it is settled, and gives Telegram's answer. */
export async function buyWithStars(
  shop: RunningShop,
  customer: Customer,
  productId = 'pro-monthly',
): Promise<string> {
  const { body } = await customer.buy(productId)
  const { status } = await customer.person.pay(body.confirmationUrl)
  await eventually(
    () => shop.served().app.platform.core.payments.getById(body.payment.id),
    (payment) => payment.status === 'succeeded',
  )
  return status
}

/** Asks for the trial of a plan. */
export function trial(client: ApiClient, productId = 'pro-monthly'): Promise<Answer> {
  return client.post('/api/v1/subscriptions/trials', { productId })
}

/** Does something with somebody's newest subscription, such as to cancel it. */
export async function act(client: ApiClient, what: string, body?: object): Promise<Answer> {
  const { id } = await subscriptionOf(client)
  return client.post(`/api/v1/subscriptions/${id}/${what}`, body)
}

/** Gives somebody a period, as the administrator. */
export function gift(
  shop: RunningShop,
  { userId }: Pick<Customer, 'userId'>,
  productId = 'pro-monthly',
  key = newId(),
): Promise<Answer> {
  const body = { userId, productId, note: 'thank you' }
  return apiClient(shop, shop.adminToken).post('/api/v1/admin/subscriptions/gifts', body, key)
}

/** The id of whom a client is logged in as. */
export async function userIdOf(client: Pick<ApiClient, 'get'>): Promise<string> {
  return (await client.get('/api/v1/me')).body.id
}

/** Whether a plan of theirs gives somebody a feature now. */
export async function hasAccess(
  shop: RunningShop,
  client: Pick<ApiClient, 'get'>,
  feature: string,
): Promise<boolean> {
  const { subscriptions } = shop.served().app.platform.core
  return subscriptions.hasAccess(await userIdOf(client), feature)
}

/** Days between two instants of the API. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS
}
