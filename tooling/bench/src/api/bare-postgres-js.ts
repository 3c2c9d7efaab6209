/** The peer of P5 that the design names: the same on postgres.js, which prepares its statements. */
import postgres from 'postgres'
import { listenBare } from './bare.ts'

const sql = postgres(process.env['DATABASE_URL'] ?? '', { max: 10 })
await listenBare((text, values) => sql.unsafe(text, [...values], { prepare: true }))
