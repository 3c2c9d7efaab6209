import { findApp, migrationSets } from '../app.ts'
import type { Call } from '../command.ts'
import { openCore } from '../core.ts'
import { explain } from '../failures.ts'
import { type Finding, type FindingGroup, problem } from '../findings.ts'
import { verifyBooks } from '../verify-books.ts'
import { checkConfiguration, readConfiguration } from './configuration.ts'
import { checkDatabase, checkMigrations } from './database.ts'
import { checkRedis } from './redis.ts'
import { checkStripe } from './stripe.ts'
import { checkTelegram } from './telegram.ts'
import { checkWork } from './work.ts'
import { checkYookassa } from './yookassa.ts'

/** Looks at everything there is to look at; what cannot be looked at is a finding too. */
export async function examine(call: Call): Promise<FindingGroup[]> {
  const { env, flags } = call
  const config = readConfiguration(env)
  if (Array.isArray(config)) {
    const rest = problem('Nothing else was looked at', 'correct the configuration first')
    return [{ title: 'Configuration', findings: [...config, rest] }]
  }
  const { database, redisUrl } = config
  const sets = await migrationSets(call)
  const path = (await findApp(call))?.path ?? ''
  const questions: readonly (readonly [string, () => Promise<Finding[]> | Finding[]])[] = [
    ['Configuration', () => checkConfiguration(config, env)],
    ['Database', () => checkDatabase(database.url)],
    ['Migrations', () => checkMigrations(database.ownerUrl, sets)],
    ['Queue', () => checkRedis(redisUrl)],
    ['Telegram', () => checkTelegram(config, path)],
    ['YooKassa', () => checkYookassa(config)],
    ['Stripe', () => checkStripe(config)],
    ['Work', () => checkWork(database.url)],
    ...(flags.has('ledger') ? [['Books', () => prove(database.url)] as const] : []),
  ]
  const hide = hider(config.secrets)
  const groups: FindingGroup[] = []
  for (const [title, ask] of questions) {
    const findings = await Promise.resolve()
      .then(ask)
      .catch((error) => [
        problem(
          `${title} cannot be looked at: ${explain(error)}`,
          'see that it runs and can be reached',
        ),
      ])
    groups.push({ title, findings: findings.map((finding) => hide(finding)) })
  }
  return groups
}

async function prove(url: string): Promise<Finding[]> {
  await using opened = await openCore(url)
  return await verifyBooks(opened.core)
}

/** Shorter ones are words that hide nothing. */
const SECRET_LENGTH_MIN = 8

/** Takes secrets out of what others said; what is in an address is a secret too. */
function hider(secrets: readonly string[]): (finding: Finding) => Finding {
  const texts = secrets
    .flatMap((secret) => [secret, URL.parse(secret)?.password ?? ''])
    .filter((text) => text.length >= SECRET_LENGTH_MIN)
  const hide = (text: string): string =>
    texts.reduce((rest, secret) => rest.replaceAll(secret, '[hidden]'), text)
  return ({ level, what, remedy }) => ({
    level,
    what: hide(what),
    ...(remedy ? { remedy: hide(remedy) } : {}),
  })
}
