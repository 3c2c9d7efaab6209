import { newId } from '@gramkit/core/kernel'
import {
  type Answer,
  type ApiClient,
  aCustomer,
  aGuest,
  type Customer,
} from '@gramkit/shop/testing'
import { z } from 'zod'
import type { Kit } from './kit.ts'
import { inTurn, together } from './together.ts'

/** Somebody who buys: a person in Telegram, or a guest on the web. */
export type Buyer = { readonly customer: Customer } | { readonly guest: ApiClient }

/** What a purchase was started with, and where it is paid. */
export interface Purchase {
  readonly buyer: Buyer
  readonly paymentId: string
  /** Null while the provider is away. */
  readonly address: string | null
}

const startedSchema = z.object({
  payment: z.object({ id: z.string() }),
  confirmationUrl: z.string().nullable(),
})
const paymentSchema = z.object({ status: z.string(), confirmationUrl: z.string().nullable() })

const PATIENCE_MS = 120_000

/** Makes buyers: every second one a person who pays with Stars, the others guests with a card. */
export async function makeBuyers(kit: Kit, count: number): Promise<Buyer[]> {
  return together(inTurn(['customer', 'guest'], count), 8, async (kind) =>
    kind === 'customer' ? { customer: await aCustomer(kit) } : { guest: await aGuest(kit) },
  )
}

/** How a buyer talks to the shop. */
export function clientOf(buyer: Buyer): ApiClient {
  return 'customer' in buyer ? buyer.customer : buyer.guest
}

/** Starts a purchase as a good client does: with one key, until there is an answer. */
export async function startPurchase(buyer: Buyer): Promise<Purchase> {
  const client = clientOf(buyer)
  const wanted =
    'customer' in buyer
      ? { productId: 'credits-100', gateway: 'telegram-stars', currency: 'XTR' }
      : { productId: 'credits-500', gateway: 'yookassa', currency: 'RUB' }
  const key = newId()
  const started = await patiently(() => client.post('/api/v1/payments', wanted, key))
  const { payment, confirmationUrl } = startedSchema.parse(started.body)
  return { buyer, paymentId: payment.id, address: confirmationUrl }
}

/** Waits for the address of a purchase whose provider was away when it was started. */
export async function untilAddressed(purchase: Purchase): Promise<string> {
  const { buyer, paymentId, address } = purchase
  const deadline = performance.now() + PATIENCE_MS
  for (let found = address; performance.now() < deadline; ) {
    if (found !== null) return found
    const path = `/api/v1/payments/${paymentId}`
    const { body } = await patiently(() => clientOf(buyer).get(path))
    found = paymentSchema.parse(body).confirmationUrl
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`payment ${paymentId} never got an address to pay at`)
}

/** Pays, again when it was refused, as a buyer would; the sandbox's books tell what moved. */
export async function pay(kit: Kit, purchase: Purchase): Promise<void> {
  const { buyer, paymentId } = purchase
  const address = await untilAddressed(purchase)
  if ('guest' in buyer) {
    await kit.sandbox.control.yookassa.succeed(yookassaIdOf(address))
    return
  }
  const deadline = performance.now() + PATIENCE_MS
  let refusal = ''
  while (performance.now() < deadline) {
    const result = await buyer.customer.person.pay(address)
    if (result.status === 'paid') return
    refusal = result.error ?? result.status
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`payment ${paymentId} is refused again and again, last ${refusal}`)
}

/** YooKassa's number of a payment, out of the address where it is confirmed. */
export function yookassaIdOf(address: string): string {
  return new URL(address).pathname.split('/').at(-1) ?? ''
}

/** Asks until there is an answer that is not about an outage. */
export async function patiently(ask: () => Promise<Answer>): Promise<Answer> {
  const deadline = performance.now() + PATIENCE_MS
  let last = ''
  while (performance.now() < deadline) {
    const answer = await ask().catch((error: unknown) => void (last = String(error)))
    if (answer) {
      const isOpen = answer.status >= 500 || answer.status === 429
      if (!isOpen && answer.body?.code !== 'http.idempotency_in_progress') {
        if (answer.status < 400) return answer
        throw new Error(`refused: ${JSON.stringify(answer)}`)
      }
      last = JSON.stringify(answer)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`no answer for ${PATIENCE_MS} ms, last ${last}`)
}
