/** The peer of P12: bare Fastify with drizzle, zod and the same plugins, one route each way. */
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import staticFiles from '@fastify/static'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import underPressure from '@fastify/under-pressure'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import fastify from 'fastify'
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import pg from 'pg'
import { z } from 'zod'

const app = fastify({ logger: false }).withTypeProvider<ZodTypeProvider>()
app.setValidatorCompiler(validatorCompiler)
app.setSerializerCompiler(serializerCompiler)
await app.register(helmet)
await app.register(cors)
await app.register(underPressure)
await app.register(rateLimit, { max: 60_000 })
await app.register(swagger, {
  openapi: { info: { title: 'bare', version: '1' } },
  transform: jsonSchemaTransform,
})
await app.register(swaggerUi, { routePrefix: '/docs' })
await app.register(staticFiles, { root: import.meta.dirname, prefix: '/files/' })
const db = drizzle(new pg.Pool({ connectionString: process.env['DATABASE_URL'] }))
app.get('/ready', { schema: { response: { 200: z.object({ ok: z.boolean() }) } } }, async () => {
  await db.execute(sql`select 1`)
  return { ok: true }
})
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) })
process.send?.({ rss: process.memoryUsage().rss })
