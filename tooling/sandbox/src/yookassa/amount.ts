import { z } from 'zod'

/** An amount with two decimals, as text. */
export interface Amount {
  readonly value: string
  readonly currency: string
}

const CURRENCIES = [
  'RUB',
  'EUR',
  'USD',
  'KZT',
  'BYN',
  'UAH',
  'UZS',
  'TRY',
  'INR',
  'MDL',
  'AZN',
  'AMD',
]

/** An amount in a request. */
export const amountSchema = z.object({
  value: z
    .string()
    .regex(/^\d{1,10}(\.\d{1,2})?$/)
    .transform((text) => format(toMinor(text)))
    .refine((text) => toMinor(text) > 0),
  currency: z.enum(CURRENCIES),
})

/** Hundredths of a currency out of a decimal text. */
export function toMinor(value: string): number {
  const [whole = '0', rest = ''] = value.split('.')
  return Number(whole) * 100 + Number(rest.padEnd(2, '0'))
}

/** Decimal text of hundredths. */
export function format(minor: number): string {
  return `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`
}
