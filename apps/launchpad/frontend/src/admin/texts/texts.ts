import type { Language } from '@gramkit/mini-app/texts'
import { useLaunchpad } from '../../launchpad-context.tsx'
import { type AdminTexts, en } from './en.ts'
import { ru } from './ru.ts'

/** What administrators read, by language. */
export const adminTexts: Readonly<Record<Language, AdminTexts>> = { en, ru }

/** What administrators read, in the language of the page. */
export function useAdminTexts(): AdminTexts {
  return adminTexts[useLaunchpad().language]
}
