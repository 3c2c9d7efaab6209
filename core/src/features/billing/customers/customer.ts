import { z } from 'zod'
import {
  addressField,
  type Changes,
  codeField,
  countryField,
  currencyField,
  daysField,
  emailField,
  line,
  regionField,
  timeZoneField,
  withTaxId,
} from '../fields.ts'

/** What a customer is made of. */
export const customerFields = z
  .strictObject({
    code: codeField,
    name: line(200),
    email: emailField.nullable().default(null),
    company: line(200).nullable().default(null),
    address: addressField.default([]),
    country: countryField.nullable().default(null),
    region: regionField.nullable().default(null),
    taxId: z.string().nullable().default(null),
    /** Why its invoices bear no taxes, as they say it; null where they do. */
    taxExemption: line(500).nullable().default(null),
    currency: currencyField,
    timeZone: timeZoneField,
    /** Null for those of the tenant. */
    paymentTermsDays: daysField(365).nullable().default(null),
    /** Whether a saved method may be charged when an invoice is due. */
    autoCharge: z.boolean().default(false),
    /** Who of the app's users the customer is. */
    userId: z.uuid('is no id').nullable().default(null),
  })
  .transform(withTaxId)

type Fields = z.input<typeof customerFields>

/** What a customer is made from; currency and time zone are the tenant's where none is given. */
export type CustomerInput = Omit<Fields, 'currency' | 'timeZone'> &
  Changes<Pick<Fields, 'currency' | 'timeZone'>>

/** Who buys from a tenant: a company or a person, whether or not they use the app. */
export interface Customer extends Readonly<z.output<typeof customerFields>> {
  readonly tenantId: string
  readonly id: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** Fields that tell who a person is. */
export const CUSTOMER_PERSONAL = [
  'name',
  'email',
  'company',
  'address',
  'taxId',
  'taxExemption',
] as const

/** Which customers are listed. */
export const customerFilter = z.strictObject({
  /** Part of a code, name, company or e-mail address, capital or small. [all] */
  search: line(100).optional(),
  /** Those of a user. [all] */
  userId: z.uuid('is no id').optional(),
})

/** Which customers are listed. */
export type CustomerFilter = z.input<typeof customerFilter>

/** What is left of a customer whose person wants to be forgotten: a company stays what it is. */
export function forgotten(customer: Customer): Pick<Customer, (typeof CUSTOMER_PERSONAL)[number]> {
  const { company, address, taxId, taxExemption } = customer
  return company === null
    ? { name: 'erased', email: null, company, address: [], taxId: null, taxExemption: null }
    : { name: company, email: null, company, address, taxId, taxExemption }
}
