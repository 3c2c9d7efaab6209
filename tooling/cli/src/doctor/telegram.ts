import { createBot, findWebhookProblems } from '@gramkit/core/bot'
import type { Config } from '@gramkit/core/config'
import { type Finding, ok, problem, warning } from '../findings.ts'
import { counted } from '../screen.ts'

/** Updates that wait at Telegram while the bot is well are a handful. */
const WAITING_MAX = 100

/** Asks Telegram about the bot and about how its updates come to an app at a path. */
export async function checkTelegram({ telegram, http }: Config, path: string): Promise<Finding[]> {
  const bot = createBot({ token: telegram.botToken, apiRoot: telegram.apiRoot })
  const me = await bot.api.getMe()
  const differences = await findWebhookProblems(bot, {
    webhookUrl: `${http.publicUrl}${path}/webhooks/telegram`,
  })
  const info = await bot.api.getWebhookInfo()
  const waiting = info.pending_update_count
  const waits = `${counted(waiting, 'update')} ${waiting === 1 ? 'waits' : 'wait'} at Telegram`
  return [
    ok(`The bot is @${me.username}`),
    ...(differences.length === 0
      ? [ok(`Updates come to ${info.url}, all kinds that the bot handles`)]
      : differences.map((one) =>
          problem(`The webhook differs: ${one}`, 'start the app with the role bot: it sets it'),
        )),
    waiting > WAITING_MAX ? warning(waits, 'see whether the app answers') : ok(waits),
    ...lastError(info, waiting),
  ]
}

function lastError(
  info: { readonly last_error_message?: string; readonly last_error_date?: number },
  waiting: number,
): Finding[] {
  if (!info.last_error_message) return []
  const at = new Date((info.last_error_date ?? 0) * 1_000).toISOString()
  const what = `Telegram last failed to deliver at ${at}: ${info.last_error_message}`
  const remedy = 'see whether the address can be reached, its certificate and the webhook secret'
  return [waiting > 0 ? problem(what, remedy) : warning(what, remedy)]
}
