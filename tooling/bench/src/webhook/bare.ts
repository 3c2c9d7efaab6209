/** The peer of P6: grammY's own webhook on bare Fastify, with one insert for each update. */
import fastify from 'fastify'
import { Bot, webhookCallback } from 'grammy'
import pg from 'pg'
import { BOT_INFO, countingComposer, WEBHOOK_SECRET } from './bot.ts'

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 })
const bot = new Bot('700000002:AAtest-token-of-the-benchmark-only', { botInfo: BOT_INFO })
bot.use(async (context, next) => {
  const { update } = context
  await pool.query('insert into bare.update (id, body) values ($1, $2)', [
    update.update_id,
    JSON.stringify(update),
  ])
  await next()
})
bot.use(countingComposer())
const app = fastify({ logger: false })
app.post('/webhooks/telegram', webhookCallback(bot, 'fastify', { secretToken: WEBHOOK_SECRET }))
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) })
process.send?.('listening')
