import type { ReceivedMail } from '../mail/mailbox.ts'
import type { Sandbox } from '../sandbox.ts'
import { eventually } from './eventually.ts'

/** Waits for so many mails of an address, and gives the last. */
export async function newestMail(
  sandbox: Pick<Sandbox, 'control'>,
  address: string,
  count = 1,
): Promise<ReceivedMail> {
  const mails = await eventually(
    () => sandbox.control.mailbox(address),
    ({ length }) => length >= count,
  )
  const mail = mails.at(-1)
  if (!mail || mails.length < count) throw new Error(`${address} got ${mails.length} mails`)
  return mail
}

/** The six digits that a mail shows. */
export function digitsIn({ text }: Pick<ReceivedMail, 'text'>): string {
  const digits = /\b(\d{3}) (\d{3})\b/.exec(text)
  if (!digits) throw new Error(`No code in: ${text}`)
  return `${digits[1]}${digits[2]}`
}
