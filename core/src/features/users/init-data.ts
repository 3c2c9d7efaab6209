import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import { type TelegramUser, telegramUserSchema } from './user.ts'
import { type InitDataFault, InitDataInvalid } from './users.errors.ts'

/** Longest init data that is looked at, in characters. */
export const INIT_DATA_LENGTH_MAX = 8_192

/** How far ahead of this machine's clock Telegram's may be. */
const FUTURE_TOLERANCE_SECONDS = 60

/** Against what init data is checked. */
export interface InitDataPolicy {
  readonly botToken: string
  readonly now: Date
  readonly maxAgeSeconds: number
}

/** What verified init data says. */
export interface InitData {
  readonly user: TelegramUser
  readonly authDate: Date
  /** What stood behind `startapp=` in the link; free text, not to be trusted. */
  readonly startParam: string | null
}

/**
 * Proves by the bot's token that Telegram made this init data, lately, for one user.
 *
 * Stricter than the format asks for: the text that Telegram signs is ambiguous where a key repeats
 * or a value holds a line break, so such data is refused although its hash is right.
 *
 * @throws {@link InitDataInvalid} with the reason
 */
export function verifyInitData(initData: string, policy: InitDataPolicy): InitData {
  const fields = parseFields(initData)
  checkHash(fields, policy.botToken)
  const authDate = checkAge(fields.get('auth_date'), policy)
  return {
    user: parseUser(fields.get('user')),
    authDate,
    startParam: fields.get('start_param') ?? null,
  }
}

function parseFields(initData: string): Map<string, string> {
  if (initData.length > INIT_DATA_LENGTH_MAX) refuse('too_long')
  const fields = new Map<string, string>()
  for (const pair of initData.split('&')) {
    const at = pair.indexOf('=')
    const key = at < 1 ? '' : decode(pair.slice(0, at))
    const value = decode(pair.slice(at + 1))
    if (hasControlCharacter(key) || hasControlCharacter(value)) refuse('control_character')
    if (!/^[A-Za-z0-9_]{1,64}$/.test(key)) refuse('malformed')
    if (fields.has(key)) refuse('repeated_key')
    fields.set(key, value)
  }
  return fields
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return refuse('malformed')
  }
}

function hasControlCharacter(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\u0000-\u001f\u007f]/.test(text)
}

/** Only `hash` is left out of what is signed; the newer `signature` is part of it. */
function checkHash(fields: Map<string, string>, botToken: string): void {
  const hash = fields.get('hash')
  if (hash === undefined || !/^[0-9a-f]{64}$/.test(hash)) refuse('hash_missing')
  const signed = [...fields]
    .filter(([key]) => key !== 'hash')
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join('\n')
  const expected = createHmac('sha256', signingKey(botToken)).update(signed).digest()
  if (!timingSafeEqual(expected, Buffer.from(hash, 'hex'))) refuse('hash_mismatch')
}

/** The key of the bot that was asked for last: making it costs more than all the rest. */
let lastKey: { readonly botToken: string; readonly key: KeyObject } | undefined

function signingKey(botToken: string): KeyObject {
  if (lastKey?.botToken !== botToken) {
    const secret = createHmac('sha256', 'WebAppData').update(botToken).digest()
    lastKey = { botToken, key: createSecretKey(secret) }
  }
  return lastKey.key
}

function checkAge(authDate: string | undefined, policy: InitDataPolicy): Date {
  if (authDate === undefined || !/^[1-9]\d{0,10}$/.test(authDate)) refuse('auth_date_invalid')
  const ageSeconds = policy.now.getTime() / 1_000 - Number(authDate)
  if (ageSeconds < -FUTURE_TOLERANCE_SECONDS) refuse('auth_date_in_future')
  if (ageSeconds > policy.maxAgeSeconds) refuse('stale')
  return new Date(Number(authDate) * 1_000)
}

function parseUser(json: string | undefined): TelegramUser {
  if (json === undefined) refuse('user_missing')
  try {
    return telegramUserSchema.parse(JSON.parse(json))
  } catch {
    return refuse('user_invalid')
  }
}

function refuse(reason: InitDataFault): never {
  throw new InitDataInvalid({ reason })
}
