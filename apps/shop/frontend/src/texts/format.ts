import type { Currency } from '../api/wire.ts'
import type { Language } from './language.ts'

const STAR = '★'

/** An amount of money in minor units, as people write it: `50 ★`, `199 ₽`, `$9.90`. */
export function money(language: Language, minorUnits: string, currency: Currency): string {
  if (currency === 'XTR') return `${number(language, minorUnits)} ${STAR}`
  const style = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const
  const format = new Intl.NumberFormat(language, {
    ...style,
    trailingZeroDisplay: 'stripIfInteger',
  })
  const { maximumFractionDigits: scale = 2 } = format.resolvedOptions()
  return format.format(decimal(minorUnits, scale))
}

/** A whole number with the language's digit groups. */
export function number(language: Language, digits: string): string {
  return new Intl.NumberFormat(language).format(BigInt(digits))
}

/** A change, always with its sign. */
export function signed(language: Language, digits: string): string {
  return new Intl.NumberFormat(language, { signDisplay: 'exceptZero' }).format(BigInt(digits))
}

/** A day, for ends of periods. */
export function day(language: Language, instant: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(Date.parse(instant))
}

/** A day and time, for what happened. */
export function moment(language: Language, instant: string): string {
  const style = { dateStyle: 'medium', timeStyle: 'short' } as const
  return new Intl.DateTimeFormat(language, style).format(Date.parse(instant))
}

/** Exact: `Intl` takes decimal text, so no amount passes through a float. */
function decimal(minorUnits: string, scale: number): Intl.StringNumericLiteral {
  const sign = minorUnits.startsWith('-') ? '-' : ''
  const digits = minorUnits.replace('-', '').padStart(scale + 1, '0')
  const split = digits.length - scale
  const text = `${sign}${digits.slice(0, split)}.${digits.slice(split)}0`
  return isNumeric(text) ? text : '0'
}

function isNumeric(text: string): text is `${number}` {
  return /^-?\d+\.\d+$/.test(text)
}
