import { InvalidValue } from './errors.ts'

/** Digits after the decimal point of each currency (ISO 4217; Telegram Stars have none). */
const SCALE = { XTR: 0, RUB: 2, USD: 2, EUR: 2, KZT: 2, GBP: 2, JPY: 0, KWD: 3 } as const

/** A currency the kit can price in. */
export type Currency = keyof typeof SCALE

/** All currencies, for schemas and database checks. */
export const CURRENCIES = Object.keys(SCALE) as [Currency, ...Currency[]]

/** An exact amount in minor units (kopecks, cents, whole Stars) of one currency. */
export interface Money {
  readonly amount: bigint
  readonly currency: Currency
}

/** Tells whether a text names a currency of the kit. */
export function isCurrency(value: string): value is Currency {
  return Object.hasOwn(SCALE, value)
}

/** Digits after the decimal point of a currency. */
export function currencyScale(currency: Currency): number {
  return SCALE[currency]
}

/** Tells whether two amounts are the same in both amount and currency. */
export function isSameMoney(left: Money, right: Money): boolean {
  return left.amount === right.amount && left.currency === right.currency
}

/**
 * Prints an amount as providers write it: `{ amount: 10050n, currency: 'RUB' }` is `100.50`.
 */
export function formatDecimal(money: Money): string {
  const scale = SCALE[money.currency]
  if (scale === 0) return money.amount.toString()
  const sign = money.amount < 0n ? '-' : ''
  const digits = (money.amount < 0n ? -money.amount : money.amount)
    .toString()
    .padStart(scale + 1, '0')
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/**
 * Reads a decimal amount exactly; never rounds.
 *
 * @throws {@link InvalidValue} when the text is not a decimal number or has more digits after the
 * point than the currency has.
 */
export function parseDecimal(value: string, currency: Currency): Money {
  const scale = SCALE[currency]
  const match = /^(-?)(\d{1,18})(?:\.(\d{1,9}))?$/.exec(value)
  const fraction = match?.[3] ?? ''
  if (!match || /[1-9]/.test(fraction.slice(scale))) {
    throw new InvalidValue({
      field: 'amount',
      problem: `is not an amount in ${currency}`,
      remedy: `write digits, a point and at most ${scale} digits`,
    })
  }
  const digits = `${match[2]}${fraction.slice(0, scale).padEnd(scale, '0')}`
  return { amount: BigInt(`${match[1]}${digits}`), currency }
}
