/**
 * P6: an update of Telegram, from the webhook to its commit, beside grammY's own webhook with one
 * insert.
 *
 * @module
 */
import { record } from '@gramkit/services/recording'
import { walBytesOf } from './cost.ts'
import { type Running, sendLoad, startServer } from './load/load.ts'
import { alternate, medianOf, type Report } from './measure.ts'
import { openBenchShop } from './settlement/shop.ts'
import { WEBHOOK_SECRET } from './webhook/bot.ts'
import { openKit } from './webhook/open-kit.ts'

const CONNECTIONS = 32
/** Updates in one round of one side. */
const UPDATES = 3_000
const KIT = 'webhook and inbox of the kit'
const BARE = 'grammY on bare Fastify, one insert'

const HEAD = [
  'POST /webhooks/telegram HTTP/1.1',
  'host: bench',
  'content-type: application/json',
  `x-telegram-bot-api-secret-token: ${WEBHOOK_SECRET}`,
  '',
].join('\r\n')
const UPDATE = JSON.stringify({
  update_id: -1,
  message: {
    message_id: 7,
    date: 1_900_000_000,
    chat: { id: 279_058_397, type: 'private', first_name: 'Anna' },
    from: { id: 279_058_397, is_bot: false, first_name: 'Anna', language_code: 'ru' },
    text: 'Hello',
  },
}).replace('-1', '{n}')

/** Runs the comparison. */
export async function measureWebhook(): Promise<Report> {
  await using shop = await openBenchShop(10)
  await shop.admin.query(`
    create schema bare;
    create table bare.update (id bigint primary key, body text not null);
    grant usage on schema bare to gramkit_app;
    grant all on bare.update to gramkit_app`)
  const environment = { DATABASE_URL: shop.appUrl }
  await using kit = await startServer(new URL('./webhook/kit.ts', import.meta.url), environment)
  await using bare = await startServer(new URL('./webhook/bare.ts', import.meta.url), environment)
  let first = 1
  const load = async ({ port }: Running, stored: string): Promise<number> => {
    const range = { first, requests: UPDATES }
    first += UPDATES
    const before = await count(stored)
    const perSecond = await sendLoad({
      ...{ port, connections: CONNECTIONS, head: HEAD, body: UPDATE, ...range },
    })
    const done = (await count(stored)) - before
    if (done !== UPDATES) throw new Error(`${done} of ${UPDATES} updates were handled`)
    return perSecond
  }
  const count = async (from: string): Promise<number> => {
    const { rows } = await shop.admin.query<{ n: number }>(`select count(*)::int as n from ${from}`)
    return rows[0]?.n ?? 0
  }
  const handled = `gramkit.inbox_delivery where status = 'done'`
  const figures = await alternate('a second', [
    { name: KIT, measure: () => load(kit, handled) },
    { name: BARE, measure: () => load(bare, 'bare.update') },
  ])
  const walOf = async (running: Running, stored: string): Promise<number> =>
    (await walBytesOf(shop.adminUrl, () => load(running, stored))) / UPDATES
  // The servers are processes of their own, so what they say is recorded from the same parts here.
  const { inbox } = openKit(shop.platform)
  const body: unknown = JSON.parse(UPDATE.replace('{n}', '0'))
  const { statements, roundTrips } = await record(() =>
    inbox.receive({ provider: 'telegram', key: 'recorded', body }),
  )
  const kitCost = {
    ...{ roundTrips, statements: statements.length },
    walBytes: await walOf(kit, handled),
  }
  const bareCost = { roundTrips: 1, statements: 1, walBytes: await walOf(bare, 'bare.update') }
  return {
    figures: figures.map((figure) => ({
      ...figure,
      cost: figure.name === KIT ? kitCost : bareCost,
    })),
    comparisons: [
      {
        what: `${KIT} / ${BARE}`,
        value: medianOf(figures, KIT) / medianOf(figures, BARE),
        goal: 0.7,
        direction: 'at least',
      },
    ],
  }
}
