import type { Update } from '@grammyjs/types'
import { Bot } from 'grammy'
import { type Sandbox, type SandboxOptions, startSandbox } from '../index.ts'
import { type Answer, type Listener, listen } from './listen.ts'

/** Token of the bot in tests. */
export const TOKEN = '700001:sandbox-test-token-abcdefghij'
/** What the sandbox sends along so that the bot knows it. */
export const SECRET = 'webhook-secret-0123456789'

/** A sandbox with one bot that takes webhooks and says yes to every pre-checkout. */
export interface TestShop extends AsyncDisposable {
  readonly sandbox: Sandbox
  readonly bot: Bot
  readonly webhook: Listener
  /** Updates of one kind that the bot got. */
  updates(kind: keyof Update): Update[]
}

/** Starts a sandbox and a bot with a webhook. */
export async function startShop(
  options: SandboxOptions = {},
  answer: (bot: Bot, update: Update) => Promise<Answer> = answerYes,
): Promise<TestShop> {
  const sandbox = await startSandbox({
    bots: [{ token: TOKEN, username: 'shop_bot', name: 'Shop' }],
    ...options,
    limits: { retryScale: 0.005, ...options.limits },
  })
  const bot = new Bot(TOKEN, { client: { apiRoot: `${sandbox.url}/sandbox/telegram` } })
  const webhook = await listen(({ body }) => answer(bot, toUpdate(body)))
  await bot.api.setWebhook(webhook.url, { secret_token: SECRET })
  return {
    sandbox,
    bot,
    webhook,
    updates: (kind) =>
      webhook.received.map(({ body }) => toUpdate(body)).filter((update) => kind in update),
    async [Symbol.asyncDispose]() {
      await sandbox.close()
      await webhook[Symbol.asyncDispose]()
    },
  }
}

/** Says yes to a pre-checkout and takes everything else. */
export async function answerYes(bot: Bot, { pre_checkout_query }: Update): Promise<number> {
  if (pre_checkout_query) await bot.api.answerPreCheckoutQuery(pre_checkout_query.id, true)
  return 200
}

function toUpdate(body: unknown): Update {
  return body as Update
}
