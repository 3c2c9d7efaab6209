import type { Language } from './language.ts'

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
