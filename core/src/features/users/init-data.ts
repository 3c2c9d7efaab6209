import {
  createHash,
  createHmac,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { type TelegramUser, telegramUserSchema } from './user.ts'
import { type InitDataFault, InitDataInvalid } from './users.errors.ts'

/** Longest init data that is looked at, in characters. */
export const INIT_DATA_LENGTH_MAX = 8_192

/** How far ahead of this machine's clock Telegram's may be. */
const FUTURE_TOLERANCE_SECONDS = 60

/** How old init data may be. */
interface AgePolicy {
  readonly now: Date
  readonly maxAgeSeconds: number
}

/** Against what init data is checked. */
export interface InitDataPolicy extends AgePolicy {
  readonly botToken: string
}

/** The keys of Telegram that sign init data, as hex: of all bots, and of its test environment. */
export const TELEGRAM_PUBLIC_KEYS = {
  production: 'e7bf03a2fa4602af4580703d88dda5bb59f32ed8b02a56c187fe7d34caed242d',
  test: '40055058a4ee38156a06562e52eece92a771bcd8346a8c4615cb7376eddf72ec',
} as const

/** Whose signature proves init data where the bot's token is not at hand. */
export interface InitDataSigner {
  /** The bot whose Mini App is opened: what stands before the colon of its token. */
  readonly botId: string
  /** 32 bytes as hex. [{@link TELEGRAM_PUBLIC_KEYS}.production] */
  readonly publicKey?: string | undefined
}

/** What verified init data says. */
export interface InitData {
  readonly user: TelegramUser
  readonly authDate: Date
  /** What stood behind `startapp=` in the link; free text, not to be trusted. */
  readonly startParam: string | null
  /** SHA-256 of what was signed: the same for the same opening of the Mini App, however it is sent. */
  readonly fingerprint: string
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
  return read(fields, policy)
}

/**
 * Proves by Telegram's own signature (Ed25519) that it made this init data for a bot, as strictly as
 * {@link verifyInitData}. For who has not the bot's token; where it is at hand, that is the check.
 *
 * @throws {@link InitDataInvalid} with the reason
 */
export function verifyInitDataSignature(
  initData: string,
  { botId, publicKey = TELEGRAM_PUBLIC_KEYS.production, ...age }: InitDataSigner & AgePolicy,
): InitData {
  const fields = parseFields(initData)
  const signature = fields.get('signature')
  if (signature === undefined || !/^[A-Za-z0-9_-]{86}$/.test(signature)) refuse('signature_missing')
  const signed = `${botId}:WebAppData\n${lines(fields, ['hash', 'signature'])}`
  const bytes = Buffer.from(signature, 'base64url')
  if (!verify(null, Buffer.from(signed), ed25519(publicKey), bytes)) refuse('signature_mismatch')
  return read(fields, age)
}

function read(fields: Map<string, string>, policy: AgePolicy): InitData {
  const authDate = checkAge(fields.get('auth_date'), policy)
  const signed = lines(fields, ['hash', 'signature'])
  return {
    user: parseUser(fields.get('user')),
    authDate,
    startParam: fields.get('start_param') ?? null,
    fingerprint: createHash('sha256').update(signed).digest('hex'),
  }
}

function ed25519(publicKey: string): KeyObject {
  const x = Buffer.from(publicKey, 'hex').toString('base64url')
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
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
  const signed = lines(fields, ['hash'])
  const expected = createHmac('sha256', signingKey(botToken)).update(signed).digest()
  if (!timingSafeEqual(expected, Buffer.from(hash, 'hex'))) refuse('hash_mismatch')
}

/** The text that is signed: all fields but some, in the order of their names. */
function lines(fields: Map<string, string>, without: readonly string[]): string {
  return [...fields]
    .filter(([key]) => !without.includes(key))
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join('\n')
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

function checkAge(authDate: string | undefined, policy: AgePolicy): Date {
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
