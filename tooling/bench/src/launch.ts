/**
 * P14: joins and redemptions of the launchpad a second, over HTTP, beside bare Fastify that sends the
 * same statements.
 *
 * @module
 */

import { newId } from '@gramkit/core/kernel'
import {
  type LaunchpadServices,
  loadLaunchpadConfig,
  migrateLaunchpad,
  serveLaunchpad,
} from '@gramkit/launchpad'
import { startPostgres } from '@gramkit/services'
import { record } from '@gramkit/services/recording'
import pg from 'pg'
import { NUMBERED_ID, templateOf } from './launch/template.ts'
import { type Running, sendLoad, startServer } from './load/load.ts'
import { alternate, medianOf, type Report } from './measure.ts'
import { SHOP_ENVIRONMENT } from './shop-environment.ts'

const CONNECTIONS = 16
/** Requests in one round of one side; numbers above 9,999 make no network any more. */
const REQUESTS = 400
const KIT = 'API process of the launchpad'
const BARE = 'bare Fastify, the same statements'
const CODES = 10_000

const JOIN = '/api/waitlist/join'
const REDEEM = '/api/invites/redeem'
const BODIES: Readonly<Record<string, string>> = {
  [JOIN]:
    '{"email":"person{n}@bench.example","use_case":"I want to use it for marketing","persona":"agency"}',
  [REDEEM]: '{"email":"guest{n}@bench.example","code":"BENCH-{n}"}',
}

/** Runs the comparison. */
export async function measureLaunch(): Promise<Report> {
  await using cluster = await startPostgres({ version: 18 })
  await cluster.createDatabase('launch')
  await migrateLaunchpad(cluster.ownerUrl('launch'))
  const environment = {
    ...SHOP_ENVIRONMENT,
    DATABASE_URL: cluster.appUrl('launch'),
    GRAMKIT_ROLES: 'api',
    GRAMKIT_TRUSTED_PROXIES: '127.0.0.1/32',
    GRAMKIT_CODE_SECRET: 'secret-of-the-codes-in-the-benchmark',
    // Mails are left as jobs, which no process here works.
    GRAMKIT_SMTP_URL: 'smtp://127.0.0.1:1',
    GRAMKIT_MAIL_FROM: 'join@bench.example',
  }
  await makeCodes(environment, cluster.url('launch'))
  const statements = JSON.stringify(await recordRoutes(environment))
  const start = (file: string) =>
    startServer(new URL(file, import.meta.url), { ...environment, BENCH_STATEMENTS: statements })
  await using kit = await start('./launch/api.ts')
  await using bare = await start('./launch/bare.ts')

  let first = 10
  const side = (name: string, path: string, { port }: Running) => ({
    name: `${name}: ${path}`,
    measure: () => {
      const begin = first
      first += REQUESTS
      return sendLoad({
        ...{ port, connections: CONNECTIONS, requests: REQUESTS, first: begin },
        body: BODIES[path] ?? '',
        head:
          `POST ${path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n` +
          'x-forwarded-for: 2001:db8:{n}::1\r\n',
      })
    },
  })
  const figures = []
  const comparisons = []
  for (const path of [JOIN, REDEEM]) {
    first = 10
    const measured = await alternate('a second', [side(KIT, path, kit), side(BARE, path, bare)])
    figures.push(...measured)
    comparisons.push({
      what: `${KIT} / ${BARE}: ${path}`,
      value: medianOf(measured, KIT) / medianOf(measured, BARE),
      goal: 0.8,
      direction: 'at least',
    } as const)
  }
  return { figures, comparisons }
}

/** Makes codes that somebody has earned, each found by its number. */
async function makeCodes(
  environment: Readonly<Record<string, string>>,
  adminUrl: string,
): Promise<void> {
  const config = loadLaunchpadConfig({ ...environment, PORT: '0' })
  await using served = await serveLaunchpad(config)
  const core: LaunchpadServices = served.app.platform.services
  const now = core.clock.now()
  const user = await core.repos.users.insert({
    ...{ id: newId(), kind: 'registered', telegramId: 7n, createdAt: now, updatedAt: now },
  })
  const { entry } = await core.waitlist.join({
    userId: user.id,
    useCase: 'Bench',
    persona: 'other',
  })
  const expiresAt = new Date(now.getTime() + 86_400_000)
  await core.admissions.mint({ inviterEntryId: entry.id, count: CODES, expiresAt })
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  await client.query('set session_replication_role = replica')
  await client.query(
    `update gramkit.invitation i set code = 'BENCH-' || n.number,
       id = ('${NUMBERED_ID}' || lpad(to_hex(n.number), 12, '0'))::uuid
     from (select id, row_number() over (order by id) - 1 as number from gramkit.invitation) n
     where n.id = i.id`,
  )
  await client.end()
}

/** What one request of each route says to the database, twice, and what of it is its own. */
async function recordRoutes(environment: Readonly<Record<string, string>>) {
  const config = loadLaunchpadConfig({ ...environment, PORT: '0' })
  await using served = await serveLaunchpad(config)
  const ask = async (path: string, number: number) => {
    const answer = await served.server.app.inject({
      ...{ method: 'POST', url: path },
      headers: { 'content-type': 'application/json', 'x-forwarded-for': `2001:db8:${number}::1` },
      payload: (BODIES[path] ?? '').replaceAll('{n}', String(number)),
    })
    if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.body}`)
  }
  const templates: Record<string, ReturnType<typeof templateOf>> = {}
  for (const path of [JOIN, REDEEM]) {
    await ask(path, 1)
    const recorded = []
    for (const number of [7_771, 7_772]) {
      recorded.push((await record(() => ask(path, number))).statements)
    }
    templates[path] = templateOf(recorded, ['7771', '7772'])
  }
  return templates
}
