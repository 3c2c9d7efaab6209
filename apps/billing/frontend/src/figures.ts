import type { Language } from '@gramkit/mini-app/texts'
import { useDesk } from './desk-context.tsx'

/** Telegram Stars have no parts; of all others the browser knows how many digits they have. */
const STARS = 'XTR'

/** An amount of minor units as text, with its currency. */
export interface Amount {
  readonly amount: string
  readonly currency: string
}

/** A decimal text as browsers format it without a float in between. */
function isDecimal(text: string): text is `${number}` {
  return /^-?\d+(\.\d+)?$/.test(text)
}

/** Digits after the point of a currency. */
export function digitsOf(currency: string): number {
  if (currency === STARS) return 0
  const { maximumFractionDigits } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions()
  return maximumFractionDigits ?? 2
}

/** Minor units as a decimal number of major ones: `-1250` euro cents are `-12.50`. */
export function majorText({ amount, currency }: Amount): string {
  const digits = digitsOf(currency)
  const sign = amount.startsWith('-') ? '-' : ''
  const units = amount.replace('-', '').padStart(digits + 1, '0')
  const [whole, part] = [units.slice(0, units.length - digits), units.slice(-digits)]
  return digits === 0 ? `${sign}${whole}` : `${sign}${whole}.${part}`
}

/** What somebody typed as major units, in minor ones; undefined where it is no amount of the currency. */
export function minorText(typed: string, currency: string): string | undefined {
  const digits = digitsOf(currency)
  const match = /^(\d{1,15})(?:[.,](\d+))?$/.exec(typed.replaceAll(/\s/g, ''))
  const part = match?.[2] ?? ''
  if (!match || part.length > digits) return undefined
  return String(BigInt(`${match[1]}${part.padEnd(digits, '0')}`))
}

/** Minor units as a number to draw by: enough for a picture, not to reckon with. */
export function drawn(money: Amount): number {
  return Number(majorText(money))
}

/** An amount as people of a language write it. */
export function moneyText(language: Language, money: Amount): string {
  const digits = digitsOf(money.currency)
  const text = majorText(money)
  const format = new Intl.NumberFormat(language, {
    style: 'currency',
    currency: money.currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return isDecimal(text) ? format.format(text) : text
}

function shortMoneyText(language: Language, major: number, currency: string): string {
  const style = {
    style: 'currency',
    currency,
    notation: 'compact',
    maximumFractionDigits: 1,
  } as const
  return new Intl.NumberFormat(language, style).format(major)
}

/** How figures, shares and days are written in the language of the page. */
export function useFigures() {
  const { language } = useDesk()
  const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 12 })
  const short = new Intl.NumberFormat(language, { notation: 'compact' })
  const share = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 })
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' })
  const month = new Intl.DateTimeFormat(language, { month: 'short', timeZone: 'UTC' })
  return {
    money: (money: Amount) => moneyText(language, money),
    /** Major units as short as an axis has room for. */
    shortMoney: (major: number, currency: string) => shortMoneyText(language, major, currency),
    /** A whole number, or a decimal one as text. */
    number: (value: string | number) =>
      plain.format(typeof value === 'string' && isDecimal(value) ? value : Number(value)),
    /** A number as short as an axis has room for. */
    compact: (value: number) => short.format(value),
    /** A part of one; a dash where it is not known. */
    percent: (value: string | number | null) =>
      value === null ? '–' : share.format(Number(value)),
    /** A day such as 2028-01-31; a dash where there is none. */
    day: (text: string | null) => (text === null ? '–' : day.format(Date.parse(text))),
    /** A month that a day is in. */
    month: (text: string) => `${month.format(Date.parse(text))} ${text.slice(2, 4)}`,
    /** The day that an instant falls on in a time zone; a dash where there is none. */
    dayIn: (instant: string | null, timeZone: string) =>
      instant === null
        ? '–'
        : new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone }).format(
            Date.parse(instant),
          ),
  }
}
