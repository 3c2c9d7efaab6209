import { styleText } from 'node:util'
import { type Level, mark } from './screen.ts'

/** One line of a checklist. */
export interface Finding {
  readonly level: Level
  readonly what: string
  /** The way out of a warning or a problem. */
  readonly remedy?: string
}

/** Lines of a checklist that belong together. */
export interface FindingGroup {
  readonly title: string
  readonly findings: readonly Finding[]
}

/** All is well with something. */
export function ok(what: string): Finding {
  return { level: 'ok', what }
}

/** Something that works and may not be meant so. */
export function warning(what: string, remedy: string): Finding {
  return { level: 'warning', what, remedy }
}

/** Something that has to change. */
export function problem(what: string, remedy: string): Finding {
  return { level: 'problem', what, remedy }
}

/** A finding as lines of the screen. */
export function findingLines({ level, what, remedy }: Finding): string[] {
  return [`${mark(level)} ${what}`, ...(remedy ? [styleText('dim', `  → ${remedy}`)] : [])]
}

/** Groups as lines of the screen, each under its title. */
export function groupLines(groups: readonly FindingGroup[]): string[] {
  return groups.flatMap(({ title, findings }) => [
    '',
    styleText('bold', title),
    ...findings.flatMap(findingLines).map((line) => `  ${line}`),
  ])
}

/** How many of some findings are of a level. */
export function countOf(findings: readonly Finding[], level: Level): number {
  return findings.filter((one) => one.level === level).length
}
