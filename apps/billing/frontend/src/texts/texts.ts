import type { Language } from '@gramkit/mini-app/texts'
import { en, type Texts } from './en.ts'
import { ru } from './ru.ts'

/** The dashboard's texts by language; the compiler keeps both complete. */
export const texts: Readonly<Record<Language, Texts>> = { en, ru }
