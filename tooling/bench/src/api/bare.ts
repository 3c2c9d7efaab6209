import { createHash } from 'node:crypto'
import fastify from 'fastify'
import { z } from 'zod'

/** Runs a statement on some driver. */
export type Query = (text: string, values: readonly string[]) => Promise<readonly unknown[]>

const SESSION = `
  select s.id, s.user_id, s.surface, s.created_at, s.last_seen_at, s.expires_at,
    u.kind, u.telegram_id, u.username, u.first_name, u.last_name, u.language_code, u.time_zone, u.role
  from gramkit.user_session s join gramkit.user_account u on u.id = s.user_id
  where s.token_hash = $1`
const BALANCE = `
  select unit, balance as amount, held, floor from gramkit.balance_account
  where user_id = $1 order by unit`

const sessionSchema = z.object({ user_id: z.string(), expires_at: z.date() })

/** Serves one's balance on PORT, with nothing around it, and tells the parent when it listens. */
export async function listenBare(query: Query): Promise<void> {
  const app = fastify({ logger: false })
  app.get('/api/v1/balance', async (request, reply) => {
    const token = request.headers.authorization?.slice('Bearer '.length) ?? ''
    const hash = createHash('sha256').update(token).digest('hex')
    const [session] = z.array(sessionSchema).parse(await query(SESSION, [hash]))
    if (!session || session.expires_at <= new Date()) return reply.code(401).send()
    return { items: await query(BALANCE, [session.user_id]), nextCursor: null }
  })
  await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) })
  process.send?.('listening')
}
