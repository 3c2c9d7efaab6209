import { z } from 'zod'
import { InvalidValue, type Money } from '../../../kernel/index.ts'
import type { GivenConsent } from '../consents/consent.ts'
import type { Surface } from '../payment.ts'
import { PRICE_MAX, type ProductSnapshot, productFields } from '../product.ts'
import type { GivenContact } from '../receipts/buyer-contact.ts'

/** What somebody wants to pay for, of which the fulfilment of its kind knows the price. */
export interface QuoteRequest {
  /** Id of the payment that will be written. */
  readonly paymentId: string
  readonly gateway: string
  /** What the fulfilment finds it by; kept with the payment, and never changed. */
  readonly facts: Readonly<Record<string, string>>
}

/** What a payment is started with whose price no catalog knows. */
export interface StartQuoted extends Omit<QuoteRequest, 'paymentId'> {
  /** Idempotency key: the same id gives the first payment again. */
  readonly id: string
  /** Decides who quotes and fulfils it. */
  readonly kind: string
  readonly surface: Surface
  readonly returnUrl?: string | undefined
  /** Where the payer gets the receipt, where one is issued. [what the quote says] */
  readonly contact?: GivenContact | undefined
  /** Given by the payer with the payment; without it no method is saved. */
  readonly consent?: GivenConsent | undefined
}

/** What is sold, to whom and for how much. */
export interface Quote {
  readonly userId: string
  readonly product: Pick<ProductSnapshot, 'id' | 'goods' | 'title' | 'description' | 'tax'>
  readonly money: Money
  /** Charges this method rather than ask the payer. [asks] */
  readonly savedMethodId?: string | undefined
  /** Where the payer gets the receipt, where none was given. [what they gave last time] */
  readonly contact?: GivenContact | undefined
}

const quotedSchema = productFields
  .pick({ id: true, kind: true, goods: true, title: true, description: true, tax: true })
  .extend({ facts: z.record(z.string().max(32), z.string().max(128)) })

const amountSchema = z.bigint().positive().max(PRICE_MAX)

/**
 * Checks what was quoted by the rules for products of the catalog.
 *
 * @throws {@link InvalidValue}
 */
export function readQuote(
  { product, money }: Quote,
  { kind, facts }: Pick<StartQuoted, 'kind' | 'facts'>,
): ProductSnapshot {
  const read = quotedSchema.safeParse({ ...product, kind, facts })
  const amount = amountSchema.safeParse(money.amount)
  if (read.success && amount.success) return { ...read.data, capture: 'automatic' }
  const [issue] = (read.error ?? amount.error)?.issues ?? []
  throw new InvalidValue({
    field: ['quote', ...(read.success ? ['amount'] : (issue?.path ?? []))].join('.'),
    problem: issue?.message ?? 'is wrong',
  })
}
