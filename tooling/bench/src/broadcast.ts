/**
 * P11: a broadcast beside Telegram's own limits, which the sandbox enforces: 3,000 people for nothing
 * and 100,000 at the paid rate. A refusal for being too fast would show as a missing share, as it
 * holds all senders back for a second.
 *
 * @module
 */
import { fork } from 'node:child_process'
import { SendPace } from '@gramkit/core/bot'
import { newId } from '@gramkit/core/kernel'
import { telegramChannel } from '@gramkit/core/notifications/telegram'
import { SandboxControl, type SandboxOptions } from '@gramkit/sandbox'
import { freePort } from '@gramkit/services'
import { Api } from 'grammy'
import type { Figure, Report } from './measure.ts'
import { type BenchShop, openBenchShop } from './settlement/shop.ts'

const TOKEN = '700000009:AAtest-token-of-a-bot-under-measurement'
const FREE = { name: 'for nothing', people: 3_000, limit: 30, paidStars: 0 }
const PAID = { name: 'at the paid rate', people: 100_000, limit: 1_000, paidStars: 10_000 }

type Rate = typeof FREE

/** Runs the comparison. */
export async function measureBroadcast(): Promise<Report> {
  await using shop = await openBenchShop(32)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const options: SandboxOptions = {
    port,
    bots: [{ token: TOKEN, username: 'bench_bot', name: 'Bench' }],
  }
  const child = fork(new URL('../../sandbox/src/main.ts', import.meta.url), {
    execArgv: ['-C', 'gramkit-source'],
    env: { ...process.env, GRAMKIT_SANDBOX_OPTIONS: JSON.stringify(options) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  try {
    const control = new SandboxControl(url)
    while (!(await control.clock.state().catch(() => undefined))) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const figures: Figure[] = []
    const comparisons = []
    for (const rate of [FREE, PAID]) {
      const { perSecond, megabytes } = await sendOne(shop, { control, url, rate })
      figures.push({ name: rate.name, unit: 'a second', median: perSecond, all: [perSecond] })
      figures.push({
        name: `heap, ${rate.name}`,
        unit: 'MB',
        median: megabytes,
        all: [megabytes],
      })
      comparisons.push({
        what: `broadcast ${rate.name} / Telegram’s limit`,
        value: perSecond / rate.limit,
        goal: 0.99,
        direction: 'at least' as const,
      })
    }
    return { figures, comparisons }
  } finally {
    child.kill()
  }
}

async function sendOne(
  { platform, admin }: BenchShop,
  {
    control,
    url,
    rate,
  }: { readonly control: SandboxControl; readonly url: string; readonly rate: Rate },
): Promise<{ readonly perSecond: number; readonly megabytes: number }> {
  const { broadcasts, broadcastSending, limiter } = platform.core
  const { first, last } = await control.telegram.addUsers(rate.people)
  await admin.query('update gramkit.user_account set telegram_id = null')
  await admin.query(
    `insert into gramkit.user_account
       (id, kind, telegram_id, first_name, time_zone, created_at, updated_at)
     select gen_random_uuid(), 'registered', n, 'Ada', 'UTC', now(), now()
     from generate_series($1::bigint, $2::bigint) n`,
    [first, last],
  )
  const { paidStars } = rate
  const { id } = await broadcasts.draft({
    id: newId(),
    texts: { en: 'Hello' },
    paidStars,
    actor: 'admin',
  })
  const pace = new SendPace({ limiter, botId: '700000009' })
  const api = new Api(TOKEN, { apiRoot: `${url}/sandbox/telegram` })
  const sender = { channel: telegramChannel(api), pace }
  await broadcasts.start(id, 'admin')
  const before = heapBytes()
  const begin = performance.now()
  while ((await broadcasts.get(id)).status === 'running') await broadcastSending.sendDue(sender)
  const seconds = (performance.now() - begin) / 1_000
  const { sent } = await broadcasts.progress(id)
  if (sent !== rate.people) throw new Error(`Only ${sent} of ${rate.people} were sent`)
  const megabytes = (heapBytes() - before) / 1_048_576
  return { perSecond: sent / seconds, megabytes }
}

/** What is still used once everything that can be is collected: growth of it would be a leak. */
function heapBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
