import { createLogger } from '@gramkit/core/log'
import type { SandboxOptions } from '@gramkit/sandbox'
import { sandboxProxy } from '@gramkit/sandbox/proxy'
import { type RunningApp, startRunningApp } from '@gramkit/sandbox/testing'
import { type LaunchpadConfig, loadLaunchpadConfig } from '../config.ts'
import { migrateLaunchpad } from '../migrations.ts'
import { type ServedLaunchpad, serveLaunchpad } from '../serve.ts'

/** A launchpad that really listens, on its own database, with a sandbox around it. */
export interface RunningLaunchpad extends RunningApp<ServedLaunchpad> {
  readonly config: () => LaunchpadConfig
  /** The variables that the configuration was read from. */
  readonly environment: () => Readonly<Record<string, string>>
}

const BOT_TOKEN = '700000002:AAtest-token-of-the-launchpad-in-tests'

/** What tests show an administrator's routes. */
export const ADMIN_TOKEN = 'admin-token-of-the-launchpad-in-tests'

/** The account of a sandbox that the launchpad of {@link launchpadVariables} is at home in. */
export function launchpadAccounts(url: string): Pick<SandboxOptions, 'bots'> {
  return {
    bots: [
      { token: BOT_TOKEN, username: 'join_bot', name: 'Launchpad', miniAppUrl: `${url}/join/` },
    ],
  }
}

/** The environment of a launchpad that is reached at an address, save for its port. */
export function launchpadVariables(at: {
  readonly url: string
  readonly databaseUrl: string
  readonly sandbox: { readonly url: string; readonly smtpUrl: string }
}): Record<string, string> {
  return {
    DATABASE_URL: at.databaseUrl,
    GRAMKIT_HOST: '127.0.0.1',
    GRAMKIT_PUBLIC_URL: at.url,
    GRAMKIT_ADMIN_TOKEN: ADMIN_TOKEN,
    GRAMKIT_TELEGRAM_BOT_TOKEN: BOT_TOKEN,
    GRAMKIT_TELEGRAM_WEBHOOK_SECRET: 'webhook-secret-of-the-tests',
    GRAMKIT_TELEGRAM_API_ROOT: `${at.sandbox.url}/sandbox/telegram`,
    // The clock of tests brings in a moment what takes months.
    GRAMKIT_MESSAGES_PER_SECOND: '0',
    GRAMKIT_DEV_CLOCK_URL: `${at.sandbox.url}/sandbox/api/clock`,
    GRAMKIT_LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
    GRAMKIT_SMTP_URL: at.sandbox.smtpUrl,
    GRAMKIT_MAIL_FROM: 'Launchpad <join@example.org>',
    GRAMKIT_CODE_SECRET: 'secret-of-the-codes-in-the-launchpads-tests',
    // Each client of a test names its own network.
    GRAMKIT_TRUSTED_PROXIES: '127.0.0.1/32',
  }
}

/** Starts a launchpad for a test file. */
export async function startRunningLaunchpad(
  overrides: Record<string, string> = {},
  options: {
    /** The sandbox is shown below the launchpad's address too. [no] */
    readonly sandboxOnSameOrigin?: boolean
  } = {},
): Promise<RunningLaunchpad> {
  let environment: Record<string, string> = {}
  const running = await startRunningApp({
    migrate: migrateLaunchpad,
    accounts: launchpadAccounts,
    sandboxOnSameOrigin: options.sandboxOnSameOrigin,
    serve({ url, port, sandbox, database }) {
      environment = {
        ...launchpadVariables({ url, databaseUrl: database.appUrl, sandbox }),
        PORT: String(port),
        ...overrides,
      }
      const config = loadLaunchpadConfig(environment)
      const logger = createLogger({ level: config.logLevel, secrets: config.secrets })
      return serveLaunchpad(config, {
        logger,
        ...(options.sandboxOnSameOrigin ? { beside: sandboxProxy(sandbox.url) } : {}),
      })
    },
  })
  return {
    ...running,
    environment: () => environment,
    config: () => loadLaunchpadConfig(environment),
  }
}
