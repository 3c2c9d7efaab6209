import { z } from 'zod'
import type { Currency } from '../../../kernel/index.ts'
import type { GivenConsent, GivenContact } from '../../payments/index.ts'
import type { Invoice } from '../invoices/invoice.ts'

/** Kind of the products that stand for invoices in core's payments. */
export const INVOICE_KIND = 'billing_invoice'

/** Every state of a payment of an invoice. */
export const INVOICE_PAYMENT_STATES = [
  /** The payer or the provider is awaited. */
  'open',
  /** It ended without money. Money that comes all the same is a payment of its own. */
  'closed',
  /** The money came. */
  'received',
] as const

/** State of a payment of an invoice. */
export type InvoicePaymentState = (typeof INVOICE_PAYMENT_STATES)[number]

/** What a refused charge says about the next one. */
export const DECLINE_CLASSES = [
  /** The same method may be taken another day. */
  'temporary',
  /** The method is never taken again: the customer has to give another one, or pay by themselves. */
  'final',
] as const

/** What a refused charge says about the next one. */
export type DeclineClass = (typeof DECLINE_CLASSES)[number]

/** One payment of an invoice, or one try to charge it; its id is that of core's payment. */
export interface InvoicePayment {
  readonly tenantId: string
  readonly id: string
  readonly invoiceId: string
  readonly customerId: string
  /** Null where nothing could be charged, as there is no method. */
  readonly gateway: string | null
  /** Counts the charges of an invoice from 1; null where the customer pays by themselves. */
  readonly attempt: number | null
  readonly currency: Currency
  /** What was asked for, in minor units. */
  readonly amount: bigint
  readonly state: InvoicePaymentState
  /** What the invoice took of it. */
  readonly taken: bigint
  /** What it did not ask for: it is the customer's credit. */
  readonly left: bigint
  /** What went back, by refunds and chargebacks. */
  readonly returned: bigint
  /** What of that the invoice asks for again. */
  readonly takenBack: bigint
  /** Why it ended without money, in the provider's words. */
  readonly reason: string | null
  /** Of a charge that was refused. */
  readonly declineClass: DeclineClass | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Money of a payment that went back, by one refund or one lost dispute. */
export interface InvoiceReturn {
  readonly tenantId: string
  /** That of core's refund. */
  readonly id: string
  readonly paymentId: string
  readonly amount: bigint
  /** What the invoice asks for again. */
  readonly fromInvoice: bigint
  /** What was taken out of the customer's credit. */
  readonly fromCredit: bigint
  /** What nobody has any more: credit that is spent. The tenant has lost it. */
  readonly lost: bigint
  readonly createdAt: Date
}

/** What a payment of an invoice is started with. */
export const startFields = z.strictObject({
  /** Idempotency key: the same id gives the first payment again. */
  id: z.uuid('is no id'),
  invoiceId: z.uuid('is no id'),
  /** Name of the gateway by which it is paid. */
  gateway: z.string(),
  /** In minor units. [all that remains] */
  amount: z.bigint().positive('is not above 0').optional(),
  /** Where the payer is sent afterwards. [the app's first return address] */
  returnUrl: z.string().optional(),
  /** Where the receipt goes, where one is issued. [the customer's e-mail address] */
  contact: z.custom<GivenContact>().optional(),
  /** By it the payer lets the method be kept and charged when invoices are due. [not kept] */
  consent: z.custom<GivenConsent>().optional(),
})

/** What a payment of an invoice is started with. */
export type StartInvoicePayment = z.input<typeof startFields>

/** What came of a charge. */
export type ChargeOutcome =
  | { readonly outcome: 'paid'; readonly payment: InvoicePayment }
  /** The answer was lost, or the provider or the payer is still at it: nothing else is charged. */
  | { readonly outcome: 'under_way'; readonly payment: InvoicePayment | undefined }
  | {
      readonly outcome: 'declined'
      readonly payment: InvoicePayment
      readonly reason: string
      readonly declineClass: DeclineClass
    }
  /** The invoice asks for nothing: it is paid, void or a draft. */
  | { readonly outcome: 'nothing_due' }

/** What a payment says of its invoice; written by the kit and kept with the payment. */
const factsSchema = z.object({
  tenantId: z.uuid(),
  invoiceId: z.uuid(),
  amount: z
    .string()
    .regex(/^[1-9]\d{0,18}$/)
    .transform(BigInt)
    .optional(),
  attempt: z.coerce.number().int().positive().optional(),
  /** The saved way to pay that is charged. */
  methodId: z.uuid().optional(),
})

/** Reads what a payment says of its invoice. */
export function readInvoiceFacts(facts: Readonly<Record<string, string>> | undefined) {
  return factsSchema.parse(facts)
}

/** What came of a charge by what is kept of it. */
export function outcomeOf(payment: InvoicePayment): ChargeOutcome {
  const { state, reason, declineClass } = payment
  if (state === 'received') return { outcome: 'paid', payment }
  if (state === 'open') return { outcome: 'under_way', payment }
  return {
    ...{ outcome: 'declined', payment },
    ...{ reason: reason ?? 'unknown', declineClass: declineClass ?? 'temporary' },
  }
}

/** What providers and receipts call an invoice; `title` has at most 32 letters. */
export function titlesOf({ number, seller }: Invoice, language: 'en' | 'ru') {
  const word = language === 'ru' ? 'Счёт' : 'Invoice'
  const named = `${word} ${number ?? ''}`
  const name = seller.company ?? seller.name
  return {
    title: [...(named.length <= 32 ? named : (number ?? ''))].slice(0, 32).join(''),
    description: [...`${named}, ${name}`].slice(0, 128).join(''),
  }
}
