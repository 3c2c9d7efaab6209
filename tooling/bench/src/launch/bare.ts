/** The peer of P14: bare Fastify that sends the kit's own statements, as they were recorded. */
import { randomBytes } from 'node:crypto'
import { newId } from '@gramkit/core/kernel'
import fastify from 'fastify'
import pg from 'pg'
import { z } from 'zod'
import { type Template, templatesSchema } from './template.ts'

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 })
const templates = templatesSchema.parse(JSON.parse(process.env['BENCH_STATEMENTS'] ?? ''))
const bodySchema = z.object({ email: z.string(), code: z.string().optional() })

const app = fastify({ logger: false })
for (const [path, template] of Object.entries(templates)) {
  app.post(path, async (request, reply) => {
    const { email } = bodySchema.parse(request.body)
    await replay(template, /\d+/.exec(email)?.[0] ?? '0')
    return reply.code(path.endsWith('join') ? 201 : 200).send({ status: 'success', email })
  })
}
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) })
process.send?.('listening')

async function replay(template: Template, number: string): Promise<void> {
  const made = new Map<string, string>()
  const fill = (text: string): string =>
    text.replaceAll(/\{\{(\w+)(?::(\d+))?\}\}/g, (_, kind: string, key?: string) => {
      if (kind === 'n') return number
      if (kind === 'hexn') return Number(number).toString(16).padStart(12, '0')
      if (kind === 'now') return new Date().toISOString()
      const name = `${kind}:${key}`
      const value = made.get(name) ?? fresh(kind)
      made.set(name, value)
      return value
    })
  const client = await pool.connect()
  try {
    for (const { text, values } of template) {
      const filled: unknown = JSON.parse(fill(JSON.stringify(values)))
      await client.query(text, z.array(z.unknown()).parse(filled))
    }
  } finally {
    client.release()
  }
}

function fresh(kind: string): string {
  if (kind === 'uuid') return newId()
  return kind === 'code'
    ? randomBytes(5).toString('hex').toUpperCase()
    : randomBytes(32).toString('hex')
}
