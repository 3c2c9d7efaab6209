import type { RequestFailed } from '../requests/index.ts'
import type { Language } from './language.ts'

/** What people read for each failure by its code, in each language. */
export type ProblemTexts = Readonly<Record<string, Readonly<Record<Language, string>>>>

/** The words for a failure: the app's by its code, else the server's title, else a plain excuse. */
export function problemText(
  failure: RequestFailed,
  texts: ProblemTexts,
  language: Language,
): string {
  const known = texts[failure.code]?.[language]
  if (known) return known
  if (failure.title) return failure.title
  return texts['http.internal']?.[language] ?? failure.code
}
