/**
 * P12: from the start of a process to listening, and its memory then, beside bare Fastify.
 *
 * @module
 */
import { fork } from 'node:child_process'
import { freePort, startPostgres } from '@gramkit/services'
import { migrateShop } from '@gramkit/shop'
import { alternate, median, medianOf, type Report } from './measure.ts'
import { SHOP_ENVIRONMENT } from './shop-environment.ts'

const API = 'API process of the shop'
const BARE = 'bare Fastify with the same plugins'

/** Runs the comparison. */
export async function measureStartUp(): Promise<Report> {
  await using cluster = await startPostgres({ version: 18 })
  await cluster.createDatabase('bench')
  await migrateShop(cluster.ownerUrl('bench'))
  const memory = new Map<string, number[]>()
  const side = (name: string, file: string) => ({
    name,
    async measure() {
      const { ms, rss } = await startOnce(file, cluster.appUrl('bench'))
      memory.set(name, [...(memory.get(name) ?? []), rss / 1_048_576])
      return ms
    },
  })
  const ms = await alternate('ms', [
    side(API, './start-up/api.ts'),
    side(BARE, './start-up/bare.ts'),
  ])
  const megabytes = ms.map(({ name }) => {
    const all = memory.get(name) ?? []
    return { name, unit: 'MB', all, median: median(all) }
  })
  const ratio = (what: string, figures: typeof ms, goal: number) =>
    ({
      what: `${what} of an API process / bare Fastify`,
      value: medianOf(figures, API) / medianOf(figures, BARE),
      goal,
      direction: 'at most',
    }) as const
  return {
    figures: [...ms, ...megabytes],
    comparisons: [ratio('start', ms, 2), ratio('memory', megabytes, 1.5)],
  }
}

async function startOnce(file: string, databaseUrl: string): Promise<{ ms: number; rss: number }> {
  const port = await freePort()
  const begin = performance.now()
  const child = fork(new URL(file, import.meta.url), {
    // No condition: core is loaded as it is published, built.
    execArgv: [],
    env: {
      ...process.env,
      ...SHOP_ENVIRONMENT,
      DATABASE_URL: databaseUrl,
      PORT: String(port),
      GRAMKIT_ROLES: 'api',
    },
  })
  try {
    return await new Promise((resolve, reject) => {
      child.once('message', (message) => {
        const rss: unknown = Reflect.get(Object(message), 'rss')
        resolve({ ms: performance.now() - begin, rss: Number(rss) })
      })
      child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)))
    })
  } finally {
    child.removeAllListeners('exit')
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
}
