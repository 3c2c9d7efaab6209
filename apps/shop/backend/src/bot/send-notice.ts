import { type Api, GrammyError } from 'grammy'
import type { ShopServices } from '../services.ts'

type Keyboard = NonNullable<Parameters<Api['sendMessage']>[2]>

/** Writes to somebody; who has blocked the bot is marked instead, and anything else is tried again. */
export async function sendNotice(
  api: Pick<Api, 'sendMessage'>,
  services: Pick<ShopServices, 'reach'>,
  user: { readonly id: string; readonly telegramId: bigint | null },
  message: { readonly text: string; readonly keyboard?: Keyboard },
): Promise<void> {
  if (user.telegramId === null) return
  try {
    await api.sendMessage(Number(user.telegramId), message.text, message.keyboard)
  } catch (error) {
    if (!(error instanceof GrammyError && error.error_code === 403)) throw error
    await services.reach.markBlocked([{ userId: user.id, reason: error.description }])
  }
}
