/** The peer of P5: bare Fastify on node-postgres, with the kit's own two queries written out. */
import pg from 'pg'
import { listenBare } from './bare.ts'

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 })
await listenBare(async (text, values) => (await pool.query({ text, values: [...values] })).rows)
