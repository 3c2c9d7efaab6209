/** Languages that the kit speaks; English first, as it stands in for every other. */
export const LANGUAGES = ['en', 'ru'] as const

/** A language that the kit speaks. */
export type Language = (typeof LANGUAGES)[number]

/** What is known of the language somebody wants to read. */
export interface Reader {
  /** What they chose themselves; null or absent follows the language code. */
  readonly language?: Language | null | undefined
  /** What their Telegram or browser speaks, such as `pt-br`. */
  readonly languageCode?: string | null | undefined
}

/** The language to speak to somebody: their choice, else that of their Telegram, else English. */
export function languageOf({ language, languageCode }: Reader): Language {
  if (language) return language
  const primary = languageCode?.split(/[-_]/)[0]?.toLowerCase()
  return LANGUAGES.find((known) => known === primary) ?? 'en'
}
