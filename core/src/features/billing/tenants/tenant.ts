import { z } from 'zod'
import { LANGUAGES, ROUNDINGS } from '../../../kernel/index.ts'
import type { ApiGrant } from '../api-keys/api-key.ts'
import {
  addressField,
  codeField,
  countryField,
  currencyField,
  daysField,
  line,
  regionField,
  taxCategoryField,
  timeZoneField,
  withTaxId,
} from '../fields.ts'

const seriesField = z
  .string()
  .regex(/^[A-Z0-9][A-Z0-9-]{0,11}$/, 'has not 1 to 12 capital letters, digits and dashes')

/** What a tenant is made of: who sells, and how its invoices are made out. */
export const tenantFields = z
  .strictObject({
    code: codeField,
    name: line(200),
    company: line(200).nullable().default(null),
    address: addressField.default([]),
    country: countryField.nullable().default(null),
    region: regionField.nullable().default(null),
    taxId: z.string().nullable().default(null),
    currency: currencyField,
    timeZone: timeZoneField.default('UTC'),
    /** The language of its documents. */
    language: z.enum(LANGUAGES, `is none of ${LANGUAGES.join(', ')}`).default('en'),
    /** What the numbers of its invoices begin with. */
    invoiceSeries: seriesField.default('INV'),
    /** What the numbers of its credit notes begin with. */
    creditNoteSeries: seriesField.default('CN'),
    paymentTermsDays: daysField(365).default(30),
    /** Days after which an invoice that is due counts as overdue. */
    graceDays: daysField(365).default(0),
    /** Minor units of its currency: a run that asks for more waits for approval. [no limit] */
    approvalThreshold: z.bigint('is no amount').nonnegative('is negative').nullable().default(null),
    /** Whether its prices have the tax in them. */
    pricesIncludeTax: z.boolean().default(false),
    /** What taxes treat its charges as, where a line says nothing else. */
    taxCategory: taxCategoryField.default('standard'),
    /** How the tax of a line is rounded. */
    taxRounding: z.enum(ROUNDINGS, `is none of ${ROUNDINGS.join(', ')}`).default('half_even'),
  })
  .transform(withTaxId)

/** What a tenant is made from. */
export type TenantInput = z.input<typeof tenantFields>

/** Who sells by the kit: sees its own customers, plans and invoices, and nobody else's. */
export interface Tenant extends Readonly<z.output<typeof tenantFields>> {
  readonly id: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Who asks for a change, as the audit names them. */
export interface Caller {
  /** `system`, `admin`, a user's id, or `key:<id>` of an API key. */
  readonly actor: string
  readonly requestId?: string | undefined
  /** What the key may do by which they ask; without a key they may do everything. */
  readonly grant?: ApiGrant | undefined
}
