import { createHmac, type KeyObject, sign } from 'node:crypto'
import { newId } from '../kernel/index.ts'

/** One field of init data. */
export type InitDataField = readonly [key: string, value: string]

/** Signs init data as Telegram does: `hash` over all other fields in the order of their names. */
export function signInitData(fields: readonly InitDataField[], botToken: string): string {
  const signed = fields
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join('\n')
  const secret = createHmac('sha256', 'WebAppData').update(botToken).digest()
  const hash = createHmac('sha256', secret).update(signed).digest('hex')
  const data = new URLSearchParams({ hash })
  for (const [key, value] of fields) data.append(key, value)
  return data.toString()
}

/** Signs init data by a key of one's own as Telegram does by its: without the bot's token. */
export function signInitDataByKey(
  fields: readonly InitDataField[],
  by: { readonly botId: string; readonly privateKey: KeyObject },
): string {
  const lines = fields.map(([key, value]) => `${key}=${value}`).sort()
  const signed = Buffer.from([`${by.botId}:WebAppData`, ...lines].join('\n'))
  const data = new URLSearchParams(Object.fromEntries(fields))
  data.append('signature', sign(null, signed, by.privateKey).toString('base64url'))
  return data.toString()
}

/** Makes the init data with which a person opens the Mini App at an instant. */
export function initDataOf(
  user: { readonly id: number; readonly first_name: string; readonly username?: string },
  opened: { readonly botToken: string; readonly at: Date },
): string {
  const fields: InitDataField[] = [
    // Telegram names each opening, so no two init data are the same.
    ['query_id', newId()],
    ['user', JSON.stringify(user)],
    ['auth_date', String(Math.floor(opened.at.getTime() / 1_000))],
  ]
  return signInitData(fields, opened.botToken)
}
