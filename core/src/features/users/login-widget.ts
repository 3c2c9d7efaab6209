import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { type TelegramUser, telegramUserSchema } from './user.ts'
import { type LoginWidgetFault, LoginWidgetInvalid } from './users.errors.ts'

/** How long after the button was pressed its fields log somebody in. */
const MAX_AGE_SECONDS = 600

/** How far ahead of this machine's clock Telegram's may be. */
const FUTURE_TOLERANCE_SECONDS = 60

/** What the fields of a login widget say. */
export interface LoginWidgetData {
  readonly user: TelegramUser
  readonly expiresAt: Date
  /** SHA-256 of what was signed: the same for the same press of the button. */
  readonly fingerprint: string
}

/**
 * Proves by the bot's token that Telegram made these fields, lately: what its Login Widget hands to a
 * page, or appends to an address.
 *
 * The key is another than for init data, the plain hash of the token, so neither passes for the other.
 *
 * @throws {@link LoginWidgetInvalid} with the reason
 */
export function verifyLoginWidget(
  fields: Readonly<Record<string, string | number>>,
  { botToken, now }: { readonly botToken: string; readonly now: Date },
): LoginWidgetData {
  const { hash, ...rest } = fields
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) refuse('hash_missing')
  const lines = Object.entries(rest).map(([key, value]) => `${key}=${value}`)
  if (lines.some((line) => line.includes('\n'))) refuse('malformed')
  const signed = lines.sort().join('\n')
  const key = createHash('sha256').update(botToken).digest()
  const expected = createHmac('sha256', key).update(signed).digest()
  if (!timingSafeEqual(expected, Buffer.from(hash, 'hex'))) refuse('hash_mismatch')
  const authDate = String(rest['auth_date'])
  if (!/^[1-9]\d{0,10}$/.test(authDate)) refuse('auth_date_invalid')
  const ageSeconds = now.getTime() / 1_000 - Number(authDate)
  if (ageSeconds < -FUTURE_TOLERANCE_SECONDS) refuse('auth_date_in_future')
  if (ageSeconds > MAX_AGE_SECONDS) refuse('stale')
  const user = telegramUserSchema.safeParse({ ...rest, id: Number(rest['id']) }).data
  return {
    user: user ?? refuse('user_invalid'),
    expiresAt: new Date((Number(authDate) + MAX_AGE_SECONDS) * 1_000),
    fingerprint: createHash('sha256').update(signed).digest('hex'),
  }
}

function refuse(reason: LoginWidgetFault): never {
  throw new LoginWidgetInvalid({ reason })
}
