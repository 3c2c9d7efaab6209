import { number } from './format.ts'
import type { Language } from './language.ts'

const plural = { en: new Intl.PluralRules('en'), ru: new Intl.PluralRules('ru') } as const

/** Noun forms: for one, for few, and for many; English needs the first and the last. */
export type Forms = readonly [one: string, few: string, many: string]

/** A whole number with the language's digit groups. */
export function whole(language: Language, count: number): string {
  return number(language, String(count))
}

/** A number and its noun: `1 friend`, `2 друга`. */
export function counted(language: Language, count: number, [one, few, many]: Forms): string {
  const rule = plural[language].select(count)
  const noun = rule === 'one' ? one : rule === 'few' ? few : many
  return `${whole(language, count)} ${noun}`
}
