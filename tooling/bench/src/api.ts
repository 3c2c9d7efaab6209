/**
 * P5: an authenticated GET with one indexed read, over HTTP, beside bare Fastify with the same two
 * queries.
 *
 * @module
 */
import { deepStrictEqual } from 'node:assert/strict'
import { newId } from '@gramkit/core/kernel'
import { costOf } from './cost.ts'
import { type Running, sendLoad, startServer } from './load/load.ts'
import { alternate, medianOf, type Report } from './measure.ts'
import { openBenchShop } from './settlement/shop.ts'
import { SHOP_ENVIRONMENT } from './shop-environment.ts'

const CONNECTIONS = 32
/** Requests in one round of one side. */
const REQUESTS = 4_000
const KIT = 'API process of the shop'
const PG = 'bare Fastify, node-postgres'
const POSTGRES_JS = 'bare Fastify, postgres.js'

/** Runs the comparison. */
export async function measureApi(): Promise<Report> {
  await using shop = await openBenchShop(10)
  const { core } = shop.platform
  const { token, user } = await core.users.loginAsGuest(`device-key-${newId()}`)
  await core.balance.credit({
    ...{ id: newId(), userId: user.id, unit: 'credits', amount: 100n },
    ...{ reason: 'bench.given', reference: user.id },
  })
  const environment = { ...SHOP_ENVIRONMENT, DATABASE_URL: shop.appUrl, GRAMKIT_ROLES: 'api' }
  const start = (file: string) => startServer(new URL(file, import.meta.url), environment)
  await using kit = await start('./start-up/api.ts')
  await using barePg = await start('./api/bare-pg.ts')
  await using barePostgresJs = await start('./api/bare-postgres-js.ts')

  const answers = await Promise.all(
    [kit, barePg, barePostgresJs].map(async ({ port }) => {
      const headers = { authorization: `Bearer ${token}` }
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/balance`, { headers })
      return answer.json()
    }),
  )
  const items = [{ unit: 'credits', amount: '100', held: '0', floor: '0' }]
  for (const answer of answers) deepStrictEqual(answer, { items, nextCursor: null })

  const side = (name: string, { port }: Running) => ({
    name,
    measure: () =>
      sendLoad({
        ...{ port, connections: CONNECTIONS, requests: REQUESTS, body: '', first: 0 },
        head: `GET /api/v1/balance HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer ${token}\r\n`,
      }),
  })
  const figures = await alternate('a second', [
    side(KIT, kit),
    side(PG, barePg),
    side(POSTGRES_JS, barePostgresJs),
  ])
  const cost = await costOf(shop.adminUrl, 1, async () => {
    await core.sessions.authenticate(token)
    await core.balance.list(user.id)
  })
  const against = (name: string) =>
    ({
      what: `${KIT} / ${name}`,
      value: medianOf(figures, KIT) / medianOf(figures, name),
      goal: 0.8,
      direction: 'at least',
    }) as const
  return {
    figures: figures.map((figure) => ({ ...figure, cost })),
    comparisons: [against(PG), against(POSTGRES_JS)],
  }
}
