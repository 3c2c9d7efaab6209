import { createWriteStream } from 'node:fs'
import { createLogger } from '@gramkit/core/log'
import {
  forward,
  JOIN_PATH,
  loadLaunchpadConfig,
  migrateLaunchpad,
  SERVICES,
  serveLaunchpad,
} from '@gramkit/launchpad'
import type { FastifyPluginAsync } from 'fastify'
import type { Home, Secrets } from './home.ts'
import type { SandboxProcess } from './sandbox-process.ts'

const HOST = '127.0.0.1'

/** The launchpad's own database, beside the shop's. */
export const LAUNCHPAD_DATABASE = 'launchpad'

/** The launchpad's bot, as the sandbox knows it. */
export function launchpadBot(publicUrl: string, { launchpadBotToken }: Secrets) {
  return {
    token: launchpadBotToken,
    username: 'gramkit_launchpad_bot',
    name: 'gramkit launchpad',
    miniAppUrl: `${publicUrl}${JOIN_PATH}/`,
  }
}

/** Starts the launchpad as a server of its own, behind the one origin that people see. */
export async function startLaunchpad({
  home,
  publicUrl,
  sandbox,
  database,
  port,
}: {
  readonly home: Home
  readonly publicUrl: string
  readonly sandbox: Pick<SandboxProcess, 'url' | 'smtpUrl'>
  readonly database: { readonly url: string; readonly ownerUrl: string }
  readonly port: number
}): Promise<{ readonly onSameOrigin: FastifyPluginAsync; close(): Promise<void> }> {
  const { secrets } = home
  await migrateLaunchpad(database.ownerUrl)
  const config = loadLaunchpadConfig({
    DATABASE_URL: database.url,
    PORT: String(port),
    GRAMKIT_HOST: HOST,
    GRAMKIT_PUBLIC_URL: publicUrl,
    GRAMKIT_TRUSTED_PROXIES: `${HOST}/32`,
    GRAMKIT_ADMIN_TOKEN: secrets.adminToken,
    GRAMKIT_TELEGRAM_BOT_TOKEN: secrets.launchpadBotToken,
    GRAMKIT_TELEGRAM_WEBHOOK_SECRET: secrets.launchpadWebhookSecret,
    GRAMKIT_TELEGRAM_API_ROOT: `${sandbox.url}/sandbox/telegram`,
    GRAMKIT_SMTP_URL: sandbox.smtpUrl,
    GRAMKIT_CODE_SECRET: secrets.codeSecret,
    GRAMKIT_MAIL_FROM: 'gramkit launchpad <join@gramkit.example>',
    GRAMKIT_DEV_CLOCK_URL: `${sandbox.url}/sandbox/api/clock`,
  })
  const logger = createLogger({
    level: config.logLevel,
    secrets: config.secrets,
    destination: createWriteStream(home.launchpadLogFile, { flags: 'a' }),
  })
  const served = await serveLaunchpad(config, { logger })
  const paths = [...SERVICES.map((service) => `/api/${service}`), '/status', JOIN_PATH]
  return {
    onSameOrigin: forward(paths, { service: 'launchpad', url: `http://${HOST}:${port}` }),
    close: served.close,
  }
}
