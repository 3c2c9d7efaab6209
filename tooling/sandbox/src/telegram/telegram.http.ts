import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { SandboxContext } from '../context.ts'
import type { Bot } from './bots.ts'
import { botMethods } from './methods.ts'
import { readParameters } from './parameters.ts'
import { Polling } from './polling.ts'
import { tooManyRequests } from './send-rate.ts'
import type { Telegram } from './telegram.ts'
import { badRequest, TelegramError } from './telegram-error.ts'

/** The Bot API, as bots call it. */
export async function telegramRoutes(
  app: FastifyInstance,
  options: {
    readonly context: SandboxContext
    readonly telegram: Telegram
    readonly closing: AbortSignal
  },
): Promise<void> {
  const { context, telegram, closing } = options
  const { store, faults, activity } = context
  const methods = botMethods(context, telegram)
  const polling = new Polling(context, telegram.bots)
  await app.register(formbody)
  await app.register(multipart)

  app.all<{ Params: { token: string; method: string } }>(
    '/bot:token/:method',
    async (request, reply) => {
      const { token, method } = request.params
      const startedAt = performance.now()
      const parameters = await readParameters(request)
      let answer: { status: number; body: unknown }
      let isDropped = false
      try {
        const bot = telegram.bots.byToken(token)
        if (!bot) throw new TelegramError(401, 'Unauthorized')
        const call = { method }
        const latency = faults.take('telegram', 'latency', call)
        if (latency) await new Promise((resolve) => setTimeout(resolve, latency.delay_ms))
        const limit = faults.take('telegram', 'rate_limit', call)
        if (limit) throw tooManyRequests(limit.retry_after)
        const refused = faults.take('telegram', 'refused', call)
        if (refused) {
          throw new TelegramError(
            refused.status,
            refused.status === 401 ? 'Unauthorized' : 'Forbidden',
          )
        }
        const { chat_id } = parameters
        const userId = chat_id === undefined ? Number.NaN : Number(chat_id)
        if (faults.take('telegram', 'blocked', { method, userId })) {
          throw new TelegramError(403, 'Forbidden: bot was blocked by the user')
        }
        const failure = faults.take('telegram', 'error', call)
        if (failure?.effect === 'not_done') throw internalError()
        const drop = failure ? undefined : faults.take('telegram', 'drop', call)
        isDropped = drop !== undefined
        const result =
          drop?.effect === 'not_done' ? true : await run(bot, method, parameters, reply)
        if (failure) throw internalError()
        answer = { status: 200, body: { ok: true, result } }
      } catch (error) {
        const refusal = error instanceof TelegramError ? error : unexpected(error)
        answer = { status: refusal.status, body: refusal.toAnswer() }
      }
      const isIdlePoll = method.toLowerCase() === 'getupdates' && isEmptyPoll(answer.body)
      if (!isIdlePoll) {
        activity.log({
          kind: 'call',
          provider: 'telegram',
          name: method,
          status: isDropped ? null : answer.status,
          ms: Math.round(performance.now() - startedAt),
          request: parameters,
          response: answer.body,
          ...(isDropped ? { error: 'The answer was dropped' } : {}),
        })
      }
      if (!isDropped) return reply.code(answer.status).send(answer.body)
      reply.hijack()
      request.raw.socket.destroy()
    },
  )

  async function run(
    bot: Bot,
    name: string,
    parameters: unknown,
    reply: FastifyReply,
  ): Promise<unknown> {
    if (name.toLowerCase() === 'getupdates') {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      return polling.getUpdates(bot, parameters, AbortSignal.any([gone.signal, closing]))
    }
    const method = methods.get(name.toLowerCase())
    if (!method) {
      activity.missed(name)
      throw new TelegramError(404, 'Not Found')
    }
    return store.transaction(() => method.call(bot, parameters))
  }
}

function internalError(): TelegramError {
  return new TelegramError(500, 'Internal Server Error')
}

function unexpected(error: unknown): TelegramError {
  return badRequest(error instanceof Error ? error.message : String(error))
}

function isEmptyPoll(body: unknown): boolean {
  return JSON.stringify(body) === '{"ok":true,"result":[]}'
}
