/**
 * Languages, and how numbers, times and failures are written in them.
 *
 * @module
 */

export { counted, type Forms, whole } from './counted.ts'
export { day, moment, number, signed } from './format.ts'
export { knownProblems } from './known-problems.ts'
export { type Language, languageOf, languages } from './language.ts'
export { plainTexts } from './plain-texts.ts'
export { type ProblemTexts, problemText } from './problem-text.ts'
