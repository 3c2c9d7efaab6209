import { z } from 'zod'
import {
  CURRENCIES,
  type Currency,
  InvalidValue,
  UNIT_AMOUNT_MAX,
  UNIT_NAME,
} from '../../kernel/index.ts'
import { taxProfileSchema } from './receipts/tax-profile.ts'

/** Most that anything costs, in minor units. */
export const PRICE_MAX = 10n ** 12n

const periodSchema = z.union([
  z.strictObject({ days: z.int().min(1).max(366) }),
  z.strictObject({ months: z.int().min(1).max(12) }),
])

/** What every product says, whoever sets its price. */
export const productFields = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'use 1 to 64 of a-z, 0-9 and -'),
  /** Decides who fulfils it: `credits`, `subscription`, or a kind that the app registers. */
  kind: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, 'use 1 to 32 of a-z, 0-9 and _'),
  /** Digital goods inside Telegram are sold for Stars only (Telegram's terms, 6.2). */
  goods: z.enum(['digital', 'physical']),
  /** Shown by providers; Telegram allows 1 to 32 characters. */
  title: z.string().min(1).max(32),
  /** Shown by providers; Telegram allows 1 to 255 characters, YooKassa 128. */
  description: z.string().min(1).max(128),
  /** Price in minor units for each currency it is sold in; no other price is ever used. */
  prices: z
    .partialRecord(z.enum(CURRENCIES), z.bigint().positive().max(PRICE_MAX))
    .refine((prices) => Object.keys(prices).length > 0, 'name at least one price'),
  status: z.enum(['active', 'retired']).default('active'),
  /** `manual` reserves the money until `payments.capture`, where the gateway can. */
  capture: z.enum(['automatic', 'manual']).default('automatic'),
  /** What a product of kind `credits` gives. */
  credits: z
    .strictObject({
      unit: z.string().regex(UNIT_NAME, 'use 1 to 32 letters, digits, - and _, a letter first'),
      amount: z.bigint().positive().max(UNIT_AMOUNT_MAX),
    })
    .optional(),
  /** What a product of kind `subscription` gives; one live subscription a user and group. */
  plan: z
    .strictObject({
      group: z.string().regex(/^[a-z0-9-]{1,32}$/),
      period: periodSchema,
      /** Days that everybody may try it once for nothing. [no trial] */
      trial: z.strictObject({ days: z.int().min(1).max(90) }).optional(),
      /** What it gives access to, for `subscriptions.hasAccess`. [nothing by name] */
      features: z
        .array(z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/, 'use 1 to 64 of a-z, 0-9, - and _'))
        .max(100)
        .default([]),
    })
    .optional(),
  /** What a receipt says of it; needed where a gateway issues receipts (54-FZ). */
  tax: taxProfileSchema.optional(),
})

const productSchema = productFields.superRefine((product, context) => {
  if (product.plan && product.prices.XTR !== undefined && !isStarsPeriod(product.plan.period)) {
    context.addIssue({
      code: 'custom',
      path: ['plan', 'period'],
      message: 'must be { days: 30 } to be sold for Stars: Telegram charges every 30 days',
    })
  }
  for (const [kind, field] of [
    ['credits', 'credits'],
    ['subscription', 'plan'],
  ] as const) {
    if ((product.kind === kind) !== (product[field] !== undefined)) {
      context.addIssue({
        code: 'custom',
        path: [field],
        message: `belongs to products of kind ${kind}, and to each of them`,
      })
    }
  }
})

/** `subscription_period` of createInvoiceLink may be 30 days only (Bot API 8.0). */
function isStarsPeriod(period: z.output<typeof periodSchema>): boolean {
  return 'days' in period && period.days === 30
}

/** A thing that is sold, as the app declares it. */
export type ProductInput = z.input<typeof productSchema>

/** A thing that is sold, checked. */
export type Product = z.output<typeof productSchema>

/** The products of an app, by id. */
export interface ProductCatalog {
  find(id: string): Product | undefined
  list(): readonly Product[]
}

/**
 * Checks the app's products once, at the start.
 *
 * @throws {@link InvalidValue} naming the product and field that breaks a rule
 */
export function createProductCatalog(inputs: readonly ProductInput[]): ProductCatalog {
  const products = new Map<string, Product>()
  for (const [index, input] of inputs.entries()) {
    const result = productSchema.safeParse(input)
    if (!result.success) {
      const issue = result.error.issues[0]
      throw new InvalidValue({
        field: ['products', input.id ?? index, ...(issue?.path ?? [])].join('.'),
        problem: issue?.message ?? 'is not a product',
      })
    }
    if (products.has(result.data.id)) {
      throw new InvalidValue({ field: `products.${input.id}`, problem: 'is declared twice' })
    }
    products.set(result.data.id, result.data)
  }
  const all = [...products.values()]
  return { find: (id) => products.get(id), list: () => all }
}

/** What was sold, kept with the payment: later changes of the catalog do not reach it. */
export const productSnapshotSchema = z.object({
  id: z.string(),
  kind: z.string(),
  goods: z.enum(['digital', 'physical']),
  title: z.string(),
  description: z.string(),
  capture: z.enum(['automatic', 'manual']),
  credits: z
    .object({ unit: z.string(), amount: z.string().transform((amount) => BigInt(amount)) })
    .optional(),
  plan: z.object({ group: z.string(), period: periodSchema }).optional(),
  tax: taxProfileSchema.optional(),
  /** What the fulfilment that quoted it knows it by; none where it is of the catalog. */
  facts: z.record(z.string(), z.string()).optional(),
})

/** A product as the payment remembers it. */
export type ProductSnapshot = z.output<typeof productSnapshotSchema>

/** Packs what was sold for storage; amounts become text, which JSON keeps exact. */
export function snapshotProduct(product: Product | ProductSnapshot): object {
  const { id, kind, goods, title, description, capture, credits, plan, tax } = product
  const facts = 'facts' in product ? product.facts : undefined
  return {
    id,
    kind,
    goods,
    title,
    description,
    capture,
    ...(credits ? { credits: { unit: credits.unit, amount: String(credits.amount) } } : {}),
    ...(plan ? { plan: { group: plan.group, period: plan.period } } : {}),
    ...(tax ? { tax } : {}),
    ...(facts ? { facts } : {}),
  }
}

/** The product's price in a currency, or undefined: another currency's price never stands in. */
export function priceIn(product: Product, currency: Currency): bigint | undefined {
  return product.prices[currency]
}
