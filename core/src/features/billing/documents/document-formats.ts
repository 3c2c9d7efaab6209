import { type Currency, formatDecimal, type Language } from '../../../kernel/index.ts'
import type { DocumentPeriod } from './invoice-document.ts'

/*
 * Written out and not left to `Intl`, whose data differ from machine to machine: the same document
 * is the same bytes everywhere.
 */

const NO_BREAK_SPACE = '\u00a0'
const MINUS = '\u2212'

const SIGNS = {
  en: { group: ',', point: '.' },
  ru: { group: NO_BREAK_SPACE, point: ',' },
} as const

const MONTHS = {
  en: 'January February March April May June July August September October November December',
  ru: 'января февраля марта апреля мая июня июля августа сентября октября ноября декабря',
} as const

/** An amount as people of a language write it: `-1,234.50`, or `-1 234,50` with narrow signs. */
export function amountText(amount: bigint, currency: Currency, language: Language): string {
  return grouped(formatDecimal({ amount, currency }), language)
}

/** An amount with the code of its currency behind it. */
export function moneyText(amount: bigint, currency: Currency, language: Language): string {
  return `${amountText(amount, currency, language)}${NO_BREAK_SPACE}${currency}`
}

/** A decimal number without the zeros at its end: `250.500000000000` is `250.5`. */
export function numberText(decimal: string, language: Language): string {
  return grouped(trimmed(decimal), language)
}

/** A price of one unit: as many digits as it needs, but no fewer than the currency has. */
export function priceText(decimal: string, currency: Currency, language: Language): string {
  const [whole = '', fraction = ''] = trimmed(decimal).split('.')
  const scale = formatDecimal({ amount: 0n, currency }).split('.')[1]?.length ?? 0
  const digits = fraction.padEnd(scale, '0')
  return grouped(digits === '' ? whole : `${whole}.${digits}`, language)
}

/** Percent. */
export function rateText(rate: string, language: Language): string {
  return `${numberText(rate, language)}${language === 'ru' ? NO_BREAK_SPACE : ''}%`
}

/** A local day: `29 February 2028`, or `29 февраля 2028 г.`. */
export function dayText(day: string, language: Language): string {
  const [year = '', month = '', date = ''] = day.split('-')
  const name = MONTHS[language].split(' ')[Number(month) - 1] ?? month
  const text = [String(Number(date)), name, year].join(NO_BREAK_SPACE)
  return language === 'ru' ? `${text}${NO_BREAK_SPACE}г.` : text
}

/** The days of a period, in short: `2028-02-01 – 2028-02-29`, or `01.02.2028 – 29.02.2028`. */
export function periodText({ firstDay, lastDay }: DocumentPeriod, language: Language): string {
  const short = (day: string): string =>
    language === 'ru' ? day.split('-').reverse().join('.') : day
  return firstDay === lastDay ? short(firstDay) : `${short(firstDay)} – ${short(lastDay)}`
}

function trimmed(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal
}

function grouped(decimal: string, language: Language): string {
  const { group, point } = SIGNS[language]
  const [whole = '', fraction] = decimal.replace('-', '').split('.')
  const text = whole.replace(/\B(?=(\d{3})+$)/g, group)
  const sign = decimal.startsWith('-') ? MINUS : ''
  return `${sign}${text}${fraction === undefined ? '' : `${point}${fraction}`}`
}
