import { rows } from '@gramkit/core/database'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import {
  type ApiClient,
  aCustomer,
  aGuest,
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
  const { core } = shop.served().shop.platform
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

/** A guest on the web who has just subscribed with a card, which is kept if they consent. */
export async function subscribedWithCard(
  shop: RunningShop,
  {
    productId = 'pro-monthly',
    consent = 'test',
  }: { productId?: string; consent?: string | null } = {},
): Promise<ApiClient> {
  const guest = await aGuest(shop)
  const { body } = await guest.post('/api/v1/payments', {
    productId,
    gateway: 'yookassa',
    currency: 'RUB',
    ...(consent === null ? {} : { autopaymentConsent: { textVersion: consent } }),
  })
  const { core } = shop.served().shop.platform
  const payment = await core.repos.payments.findById(body.payment.id)
  await shop.sandbox.control.yookassa.succeed(payment?.providerPaymentId ?? '')
  await eventually(
    () => subscriptionOf(guest),
    (found) => found !== undefined,
  )
  return guest
}
