import { z } from 'zod'
import { CURRENCIES, InvalidValue, isTimeZone, readEmail } from '../../kernel/index.ts'
import { readTaxId } from './tax-id.ts'

/** A text of one line, trimmed. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .refine(
      (text) => text.length >= 1 && [...text].length <= max && !/[\p{Cc}\u2028\u2029]/u.test(text),
      `has not 1 to ${max} characters on one line`,
    )

/** What names something in a tenant, for people and other programs. */
export const codeField = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'has not 1 to 64 letters, digits, points, dashes and underscores, a letter or digit first',
  )

/** An address as it is printed, without the country. */
export const addressField = z.array(line(200)).max(6, 'has more than 6 lines')

const regionNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

/** A country, ISO 3166-1 alpha-2. */
export const countryField = z
  .string()
  .refine(
    (code) => /^[A-Z]{2}$/.test(code) && regionNames.of(code) !== undefined,
    'is no country of ISO 3166-1, such as DE',
  )

/** A part of a country that taxes depend on, such as CA. */
export const regionField = z
  .string()
  .regex(/^[A-Z0-9]{1,3}$/, 'is no region of ISO 3166-2 without its country, such as CA')

/** A currency of the kit. */
export const currencyField = z.enum(CURRENCIES, `is none of ${CURRENCIES.join(', ')}`)

/** The name of a time zone. */
export const timeZoneField = z
  .string()
  .refine(isTimeZone, 'is no IANA name of a time zone, such as Europe/Berlin')

/** What taxes treat alike, such as `standard` or `reduced`. */
export const taxCategoryField = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,31}$/, 'has not 1 to 32 small letters, digits and underscores')

/** A whole number of days. */
export const daysField = (max: number) =>
  z
    .int(`is no whole number from 0 to ${max}`)
    .min(0, `is no whole number from 0 to ${max}`)
    .max(max, `is no whole number from 0 to ${max}`)

/** An e-mail address, in small letters. */
export const emailField = z
  .string()
  .refine((text) => readEmail(text) !== undefined, 'is no e-mail address')
  .transform((text) => readEmail(text) ?? text)

/** Puts a tax number into the form that its country writes; refuses one that its rules refuse. */
export function withTaxId<
  Fields extends { readonly country: string | null; readonly taxId: string | null },
>(fields: Fields, context: z.RefinementCtx): Fields {
  if (fields.taxId === null) return fields
  const taxId = fields.country && readTaxId(fields.country, fields.taxId)
  if (taxId) return { ...fields, taxId }
  const message = fields.country ? `is no tax number of ${fields.country}` : 'needs a country'
  context.issues.push({ code: 'custom', path: ['taxId'], message, input: fields.taxId })
  return z.NEVER
}

/**
 * Reads what somebody gave by a schema whose messages end the sentence that begins with the field.
 *
 * @throws {@link InvalidValue} naming the first field that breaks a rule
 */
export function readFields<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
): z.output<Schema> {
  const read = schema.safeParse(given)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const path = issue?.code === 'unrecognized_keys' ? issue.keys : issue?.path
  throw new InvalidValue({
    field: path?.join('.') || 'input',
    problem: issue?.code === 'unrecognized_keys' ? 'is not known' : (issue?.message ?? 'is wrong'),
  })
}

/** What is to be changed of something; undefined changes nothing. */
export type Changes<Input> = { readonly [Name in keyof Input]?: Input[Name] | undefined }

/** Lays changes over what is there. */
export function laidOver(fields: object, changes: object): object {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  return { ...fields, ...Object.fromEntries(given) }
}
