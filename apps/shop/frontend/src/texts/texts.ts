import type { Language } from '@gramkit/mini-app/texts'
import { en } from './en.ts'
import { ru } from './ru.ts'
import type { Texts } from './text-keys.ts'

/** The app's texts by language; the compiler keeps both complete. */
export const texts: Readonly<Record<Language, Texts>> = { en, ru }
