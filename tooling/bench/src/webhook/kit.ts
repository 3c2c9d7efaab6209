/** The kit's side of P6: its webhook and inbox behind its own HTTP server. */
import { createPlatform } from '@gramkit/core'
import { telegramWebhook } from '@gramkit/core/bot'
import { createHttpServer } from '@gramkit/core/http'
import { createMetrics } from '@gramkit/core/metrics'
import { BOT_INFO, WEBHOOK_SECRET } from './bot.ts'
import { openKit } from './open-kit.ts'

const platform = await createPlatform({ databaseUrl: process.env['DATABASE_URL'] ?? '' })
const { inbox, logger } = openKit(platform)
const server = await createHttpServer({
  logger,
  clock: platform.clock,
  metrics: createMetrics(),
  ready: async () => ({}),
  api: { title: 'bench', version: '1' },
  rateLimitPerMinute: 100_000_000,
})
await server.app.register(
  telegramWebhook({
    secret: WEBHOOK_SECRET,
    answerNow: async () => false,
    receive: async (updateId, body) => {
      await inbox.receive({ provider: 'telegram', key: `${BOT_INFO.id}:${updateId}`, body })
    },
  }),
)
await server.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) })
process.send?.('listening')
