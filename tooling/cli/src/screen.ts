import { styleText } from 'node:util'

/** How something stands. */
export type Level = 'ok' | 'warning' | 'problem'

const MARKS = {
  ok: ['green', '✓'],
  warning: ['yellow', '!'],
  problem: ['red', '✗'],
} as const

/** A sign at the beginning of a line; in colour where the terminal has any. */
export function mark(level: Level): string {
  const [colour, sign] = MARKS[level]
  return styleText(colour, sign)
}

/** A number with its thousands apart. */
export function count(value: number | bigint): string {
  return value.toLocaleString('en-US')
}

/** A number with the noun that it counts, such as `1 row` and `2 rows`. */
export function counted(value: number, noun: string, many = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : many}`
}

/** A size in the unit that reads best. */
export function size(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB']
  const power = bytes < 1_000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1_000 ** power
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`
}

const ERROR_LENGTH = 160

/** An error as one line that a screen can hold. */
export function errorLine(text: string | null): string {
  const line = (text ?? 'no error was kept').replace(/\s+/g, ' ')
  return line.length > ERROR_LENGTH ? `${line.slice(0, ERROR_LENGTH)}…` : line
}
