import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type App, CORE_MIGRATIONS, type MigrationSet, type OpenApp } from '@gramkit/core'
import { type Config, loadConfig } from '@gramkit/core/config'
import { createLogger } from '@gramkit/core/log'
import { z } from 'zod'
import type { Call } from './command.ts'
import { CommandFailed, WrongUsage } from './failures.ts'

/** What reads the whole configuration and opens the app needs of the environment. */
export const APP_ENVIRONMENT: Readonly<Record<string, string>> = {
  GRAMKIT_APP: 'The app, where --app does not name it.',
  '…': 'And all variables of the app: docs/reference/configuration.md.',
}

const exported = z.object({
  gramkitApp: z.custom<App>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      Array.isArray(Reflect.get(value, 'migrations')) &&
      typeof Reflect.get(value, 'open') === 'function',
  ),
})

/** Loads the app that `--app` or `GRAMKIT_APP` names; undefined when neither does. */
export async function findApp({
  texts,
  env,
}: Pick<Call, 'texts' | 'env'>): Promise<App | undefined> {
  const name = texts.get('app') ?? env['GRAMKIT_APP']
  if (!name) return undefined
  const specifier = /^[./]/.test(name) ? pathToFileURL(resolve(name)).href : name
  const loaded: unknown = await import(specifier).catch((error) => {
    throw new CommandFailed(`The app ${name} cannot be loaded: ${error.message}`)
  })
  const parsed = exported.safeParse(loaded)
  if (!parsed.success) throw new CommandFailed(`${name} exports no gramkitApp.`)
  return parsed.data.gramkitApp
}

/** Core's migrations, and those of the app if there is one. */
export async function migrationSets(call: Pick<Call, 'texts' | 'env'>): Promise<MigrationSet[]> {
  return [CORE_MIGRATIONS, ...((await findApp(call))?.migrations ?? [])]
}

/** Opens the app for the time of some work. */
export async function withApp<T>(
  call: Pick<Call, 'texts' | 'env'>,
  work: (app: OpenApp, config: Config) => Promise<T>,
): Promise<T> {
  const app = await findApp(call)
  if (!app)
    throw new WrongUsage('Money needs to know who gives what was sold: name the app with --app.')
  const config = loadConfig(call.env)
  // The command says what it did; beside that only what went wrong is worth a line.
  const logger = createLogger({
    level: 'error',
    secrets: config.secrets,
    destination: process.stderr,
  })
  const open = await app.open(config, logger)
  try {
    return await work(open, config)
  } finally {
    await open.close()
  }
}
