import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { SandboxContext } from '../context.ts'
import { ControlError } from '../control/control-error.ts'
import { badRequest } from './telegram-error.ts'

/** The one period in seconds that Telegram bills subscriptions for. */
export const SUBSCRIPTION_PERIOD_SECONDS = 2_592_000

/** What a bot offers for Stars. */
export interface Invoice {
  readonly slug: string
  readonly botId: number
  readonly title: string
  readonly description: string
  readonly payload: string
  readonly amount: number
  readonly isSubscription: boolean
}

const text = z.string().default('')

/** What createInvoiceLink and sendInvoice take. */
export const invoiceSchema = z.object({
  title: text,
  description: text,
  payload: text,
  provider_token: text,
  currency: text,
  prices: z.array(z.object({ label: z.string(), amount: z.coerce.number().int() })),
  subscription_period: z.coerce.number().int().optional(),
})

/** The offers of bots, under the links that pay them. */
export class Invoices {
  readonly #context: SandboxContext
  readonly #invoices

  constructor(context: SandboxContext) {
    this.#context = context
    this.#invoices = context.store.collection<Invoice>('invoices')
  }

  /** Makes an offer, within Telegram's limits. */
  create(botId: number, input: z.output<typeof invoiceSchema>): Invoice {
    const amount = this.#checkAmount(input)
    checkTexts(input)
    const slug = randomBytes(15).toString('base64url')
    const { title, description, payload, subscription_period } = input
    const isSubscription = subscription_period !== undefined
    return this.#invoices.put(slug, {
      slug,
      botId,
      title,
      description,
      payload,
      amount,
      isSubscription,
    })
  }

  /** The offer behind a link, which must exist. */
  byLink(link: string): Invoice {
    const slug = /^(?:https?:\/\/t\.me\/(?:\$|invoice\/))?([\w-]+)$/.exec(link)?.[1]
    const invoice = slug === undefined ? undefined : this.#invoices.get(slug)
    if (!invoice) throw new ControlError(404, `There is no invoice ${link}`)
    return invoice
  }

  #checkAmount(input: z.output<typeof invoiceSchema>): number {
    const { maxInvoiceStars, maxSubscriptionStars } = this.#context.limits
    if (input.currency !== 'XTR') throw badRequest('PAYMENT_PROVIDER_INVALID')
    if (input.provider_token !== '') throw badRequest('STARS_INVOICE_INVALID')
    const [price, ...more] = input.prices
    if (!price || more.length > 0) throw badRequest('STARS_INVOICE_INVALID')
    const isSubscription = input.subscription_period !== undefined
    if (isSubscription && input.subscription_period !== SUBSCRIPTION_PERIOD_SECONDS) {
      throw badRequest('SUBSCRIPTION_PERIOD_INVALID')
    }
    const max = isSubscription ? maxSubscriptionStars : maxInvoiceStars
    if (price.amount < 1 || price.amount > max) throw badRequest('CURRENCY_TOTAL_AMOUNT_INVALID')
    return price.amount
  }
}

/** The link that pays an offer. */
export function linkOf(invoice: Pick<Invoice, 'slug'>): string {
  return `https://t.me/$${invoice.slug}`
}

function checkTexts({ title, description, payload }: z.output<typeof invoiceSchema>): void {
  if (!isBetween(title.length, 32)) throw badRequest('INVOICE_TITLE_INVALID')
  if (!isBetween(description.length, 255)) throw badRequest('INVOICE_DESCRIPTION_INVALID')
  if (!isBetween(Buffer.byteLength(payload), 128)) throw badRequest('INVOICE_PAYLOAD_INVALID')
}

function isBetween(length: number, max: number): boolean {
  return length >= 1 && length <= max
}
