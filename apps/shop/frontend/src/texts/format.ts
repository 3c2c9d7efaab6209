import type { Language } from '@gramkit/mini-app/texts'
import type { Currency } from '../api/wire.ts'

/** Symbols that people write after the amount, in either language. */
const AFTER: Readonly<Partial<Record<Currency, string>>> = { XTR: '★', RUB: '₽' }

/** An amount of money in minor units, as people write it: `50 ★`, `199 ₽`, `$9.90`. */
export function money(language: Language, minorUnits: string, currency: Currency): string {
  const scale = currency === 'XTR' ? 0 : scaleOf(currency)
  const symbol = AFTER[currency]
  const digits = {
    minimumFractionDigits: scale,
    maximumFractionDigits: scale,
    trailingZeroDisplay: 'stripIfInteger',
  } as const
  const style = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const
  const format = new Intl.NumberFormat(language, symbol ? digits : { ...style, ...digits })
  const text = format.format(decimal(minorUnits, scale))
  return symbol ? `${text}\u00a0${symbol}` : text
}

function scaleOf(currency: Currency): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  return format.resolvedOptions().maximumFractionDigits ?? 2
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
