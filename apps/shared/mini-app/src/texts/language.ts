/** The languages the app speaks. */
export const languages = ['en', 'ru'] as const

/** A language the app speaks. */
export type Language = (typeof languages)[number]

/** The best language for a code such as `ru-RU`; English where there is no better one. */
export function languageOf(code: string): Language {
  return code.toLowerCase().startsWith('ru') ? 'ru' : 'en'
}
