import { problemResponses } from '@gramkit/core/http'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Bot, Context } from 'grammy'
import { z } from 'zod'

/** A route that tells which bot links have to name; register under `/api/v1`. */
export function botHttp<C extends Context>(bot: Bot<C>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/bot',
      {
        schema: {
          tags: ['bot'],
          summary: 'The bot’s name at Telegram',
          response: { 200: z.object({ username: z.string() }), ...problemResponses },
        },
      },
      async () => {
        // Asks Telegram once for the process.
        if (!bot.isInited()) bot.botInfo = await bot.api.getMe()
        return { username: bot.botInfo.username }
      },
    )
  }
}
