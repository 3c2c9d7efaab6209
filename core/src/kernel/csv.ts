/** What a cell of a table can hold; null and nothing are an empty one. */
export type CsvCell = string | number | bigint | null | undefined

/**
 * Writes a line of CSV (RFC 4180), its end included.
 *
 * A spreadsheet runs a text that begins like a formula. Such a text, if it is not a plain number,
 * gets an apostrophe before it, which spreadsheets take as "this is text".
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(written).join(',')}\r\n`
}

function written(cell: CsvCell): string {
  const text = String(cell ?? '')
  const isNumber = /^-?\d+(\.\d+)?$/.test(text)
  const harmless = !isNumber && /^\s*[=+\-@＝＋－＠\t\r]/u.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
