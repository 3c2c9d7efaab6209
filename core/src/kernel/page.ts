import { InvalidValue } from './errors.ts'

/** Most rows one page may hold. */
export const PAGE_LIMIT_MAX = 100

/** What a caller asks of a keyset list. */
export interface PageRequest {
  /** Rows on the page, 1 to 100. [20] */
  readonly limit?: number | undefined
  /** `nextCursor` of the page before; none for the first page. */
  readonly cursor?: string | undefined
}

/** One page of a keyset list; `nextCursor` is null on the last. */
export interface Page<Item> {
  readonly items: Item[]
  readonly nextCursor: string | null
}

/** Bounds a page's size. */
export function pageLimit(request: PageRequest): number {
  return Math.min(Math.max(request.limit ?? 20, 1), PAGE_LIMIT_MAX)
}

/** Packs the key of a page's last row into an opaque text. */
export function encodeCursor(key: string): string {
  return Buffer.from(key, 'utf8').toString('base64url')
}

/** Shape of a cursor's key: a uuid, or a row's number. */
const CURSOR_KEY = {
  id: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  number: /^[1-9]\d{0,17}$/,
}

/**
 * Reads a cursor back into the key it was made of.
 *
 * @throws {@link InvalidValue} when the text was not made by {@link encodeCursor}.
 */
export function decodeCursor(cursor: string, shape: keyof typeof CURSOR_KEY = 'id'): string {
  const key = Buffer.from(cursor, 'base64url').toString('utf8')
  if (!CURSOR_KEY[shape].test(key)) {
    throw new InvalidValue({
      field: 'cursor',
      problem: 'is not a page cursor',
      remedy: 'send nextCursor of the page before, unchanged',
    })
  }
  return key
}

/** Cuts rows that were read with `limit + 1` into a page. */
export function toPage<Row>(rows: Row[], limit: number, keyOf: (row: Row) => string): Page<Row> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return {
    items,
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null,
  }
}
