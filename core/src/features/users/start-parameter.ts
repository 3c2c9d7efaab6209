import { InvalidValue } from '../../kernel/index.ts'
import { StartParameterTooLong } from './users.errors.ts'

/** What a link into the bot or the Mini App says; from outside, so nothing of it is proof. */
export interface StartFields {
  /** Where the person comes from: an advertisement, a partner. */
  readonly source?: string | undefined
  /** What the Mini App is to show, such as `/product/mug`. */
  readonly page?: string | undefined
  /** How the Mini App is to open; the app decides which modes there are. */
  readonly mode?: string | undefined
  /** Code of an invitation; a link carries one of this and the following. */
  readonly invitation?: string | undefined
  /** Token of a login link. */
  readonly loginLink?: string | undefined
  /** Code of somebody who brings others to the waitlist. */
  readonly referrer?: string | undefined
}

/** What the link opens; Telegram gives the bot less room than the Mini App. */
export type StartTarget = 'start' | 'startapp'

const LENGTH_MAX: Readonly<Record<StartTarget, number>> = { start: 64, startapp: 512 }

const ESCAPED = [
  ['s', 'source'],
  ['p', 'page'],
  ['m', 'mode'],
] as const
/** Codes and tokens use the alphabet of a parameter themselves, so they stand last and as they are. */
const RAW = [
  ['i', 'invitation'],
  ['l', 'loginLink'],
  ['r', 'referrer'],
] as const

/**
 * Writes the parameter of a link: pairs of a key and a value, all joined by hyphens, such as
 * `s-habr-p-_sproduct_smug-i-7KQW3F9A`.
 *
 * Keys are `s` source, `p` page, `m` mode and, last, one of `i` invitation, `l` login link and `r`
 * referrer. In
 * values before the last `__` is an underscore, `_0` a hyphen, `_s` a slash and `_xHH` any other
 * byte of UTF-8.
 *
 * @throws {@link StartParameterTooLong} when Telegram would not take it: 64 characters for the bot,
 * 512 for the Mini App
 * @throws {@link InvalidValue} for a code or token outside `A-Z a-z 0-9 _ -`, or two of them at once
 */
export function buildStartParameter(fields: StartFields, target: StartTarget): string {
  const pairs = ESCAPED.flatMap(([key, field]) => {
    const value = fields[field]
    return value ? [`${key}-${escapeValue(value)}`] : []
  })
  const raw = RAW.flatMap(([key, field]) => {
    const value = fields[field]
    if (!value) return []
    if (/^[\w-]+$/.test(value)) return [`${key}-${value}`]
    throw new InvalidValue({ field, problem: 'has characters that no link can carry' })
  })
  if (raw.length > 1) {
    throw new InvalidValue({
      field: 'loginLink',
      problem: 'cannot stand beside another code or token',
    })
  }
  const text = [...pairs, ...raw].join('-')
  const max = LENGTH_MAX[target]
  if (text.length > max) throw new StartParameterTooLong({ target, length: text.length, max })
  return text
}

/**
 * Reads the parameter of a link. Never fails: text that {@link buildStartParameter} could not have
 * written is where the person comes from, so `?start=habr` works.
 */
export function parseStartParameter(text: string | null | undefined): StartFields {
  if (!text) return {}
  return parsePairs(text) ?? { source: text }
}

function parsePairs(text: string): StartFields | undefined {
  const fields: { -readonly [Field in keyof StartFields]: StartFields[Field] } = {}
  let rest = text
  while (rest) {
    const [, key, value = '', end = ''] = /^([spm])-([^-]+)(-|$)/.exec(rest) ?? []
    const field = ESCAPED.find(([known]) => known === key)?.[1]
    if (!field) return parseLast(rest, fields)
    const read = readValue(value)
    if (read === undefined || fields[field] !== undefined) return undefined
    fields[field] = read
    rest = rest.slice(2 + value.length + end.length)
    if (end && !rest) return undefined
  }
  return fields
}

function parseLast(text: string, fields: StartFields): StartFields | undefined {
  const [, key, value] = /^([ilr])-([\w-]+)$/.exec(text) ?? []
  const field = RAW.find(([known]) => known === key)?.[1]
  return field && { ...fields, [field]: value }
}

function escapeValue(value: string): string {
  const escapes: Readonly<Record<string, string>> = { _: '__', '-': '_0', '/': '_s' }
  return [...Buffer.from(value)]
    .map((byte) => {
      const char = String.fromCharCode(byte)
      if (/[A-Za-z0-9]/.test(char)) return char
      return escapes[char] ?? `_x${byte.toString(16).padStart(2, '0')}`
    })
    .join('')
}

/** Undefined for text with an escape that says nothing, or bytes that are no UTF-8. */
function readValue(value: string): string | undefined {
  if (!/^([A-Za-z0-9]|_[_0s]|_x[0-9a-f]{2})+$/.test(value)) return undefined
  const plain: Readonly<Record<string, string>> = { __: '_', _0: '-', _s: '/' }
  const bytes = (value.match(/_x..|_.|./g) ?? []).map((part) =>
    part.startsWith('_x')
      ? Number.parseInt(part.slice(2), 16)
      : (plain[part] ?? part).charCodeAt(0),
  )
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes))
  } catch {
    return undefined
  }
}
