import { createWriteStream } from 'node:fs'
import { createServer } from 'node:net'
import { BILLING_PATH, DASHBOARD_FOLDER } from '@gramkit/billing-backend'
import { loadConfig } from '@gramkit/core/config'
import { createLogger } from '@gramkit/core/log'
import { JOIN_PATH, PAGES_FOLDER } from '@gramkit/launchpad'
import { sandboxProxy } from '@gramkit/sandbox/proxy'
import { freePort, ServiceError, startPostgres } from '@gramkit/services'
import { MINI_APP_FOLDER, MINI_APP_PATH, migrateShop, serveShop } from '@gramkit/shop'
import type { Environment, ExitCode } from '../command.ts'
import { BILLING_DATABASE, billingAccounts, startBilling } from './billing.ts'
import { DevError } from './dev-error.ts'
import { buildFrontend } from './frontend.ts'
import { type Home, openHome } from './home.ts'
import { LAUNCHPAD_DATABASE, launchpadBot, startLaunchpad } from './launchpad.ts'
import { startSandboxProcess } from './sandbox-process.ts'

const HOST = '127.0.0.1'
const DATABASE = 'shop'

/** Runs everything until Ctrl-C or SIGTERM, and gives the exit code. */
export async function runDev(env: Environment): Promise<ExitCode> {
  const stopAsked = new Promise<undefined>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => resolve(undefined))
  })
  const say = (line: string): void => void process.stdout.write(`${line}\n`)
  await using running = new AsyncDisposableStack()
  try {
    const port = readPort(env['PORT'])
    await checkPortFree(port)
    const home = openHome(env['GRAMKIT_HOME'] || '.gramkit')
    const { broken } = await start({ port, home, say, running })
    const failure = await Promise.race([stopAsked, broken])
    if (failure) process.stderr.write(`${failure}\n`)
    say('Stopping …')
    await running.disposeAsync()
    say('Stopped. Your data is kept.')
    return failure ? 1 : 0
  } catch (error) {
    if (!(error instanceof DevError || error instanceof ServiceError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 1
  }
}

interface Start {
  readonly port: number
  readonly home: Home
  readonly say: (line: string) => void
  readonly running: AsyncDisposableStack
}

/** Starts everything; `broken` resolves with the reason when a part of it ends by itself. */
async function start({ port, home, say, running }: Start): Promise<{ broken: Promise<string> }> {
  const publicUrl = `http://localhost:${port}`
  const { secrets } = home

  say('Starting PostgreSQL …')
  const [cluster] = await Promise.all([
    startPostgres({ dataDir: home.postgres, persistent: true }),
    buildFrontend(MINI_APP_FOLDER),
    buildFrontend(PAGES_FOLDER),
    buildFrontend(DASHBOARD_FOLDER),
  ])
  running.defer(() => cluster.stop())
  for (const name of [DATABASE, LAUNCHPAD_DATABASE, BILLING_DATABASE]) {
    if (!(await cluster.hasDatabase(name))) await cluster.createDatabase(name)
  }
  await migrateShop(cluster.ownerUrl(DATABASE))

  say('Starting the sandbox …')
  const localUrl = `http://${HOST}:${port}`
  const billed = billingAccounts(publicUrl, localUrl, secrets)
  const sandbox = await startSandboxProcess({
    dataDir: home.sandbox,
    publicUrl,
    bots: [
      {
        token: secrets.botToken,
        username: 'gramkit_shop_bot',
        name: 'gramkit shop',
        miniAppUrl: `${publicUrl}${MINI_APP_PATH}`,
      },
      launchpadBot(publicUrl, secrets),
      billed.bot,
    ],
    shops: [
      {
        shopId: secrets.shopId,
        secretKey: secrets.shopSecretKey,
        webhookUrl: `${localUrl}/webhooks/yookassa`,
        receipts: 'email',
      },
      billed.shop,
    ],
    stripeAccounts: [billed.stripeAccount],
  })
  running.defer(() => sandbox.stop())

  say('Starting the launchpad …')
  const launchpad = await startLaunchpad({
    ...{ home, publicUrl, sandbox },
    database: {
      url: cluster.appUrl(LAUNCHPAD_DATABASE),
      ownerUrl: cluster.ownerUrl(LAUNCHPAD_DATABASE),
    },
    port: await freePort(),
  })
  running.defer(() => launchpad.close())

  say('Starting billing …')
  const billing = await startBilling({
    ...{ home, publicUrl, sandbox },
    database: {
      url: cluster.appUrl(BILLING_DATABASE),
      ownerUrl: cluster.ownerUrl(BILLING_DATABASE),
    },
    port: await freePort(),
  })
  running.defer(() => billing.close())

  say('Starting the shop …')
  const config = loadConfig({
    DATABASE_URL: cluster.appUrl(DATABASE),
    PORT: String(port),
    GRAMKIT_HOST: HOST,
    GRAMKIT_PUBLIC_URL: publicUrl,
    GRAMKIT_ADMIN_TOKEN: secrets.adminToken,
    GRAMKIT_TELEGRAM_BOT_TOKEN: secrets.botToken,
    GRAMKIT_TELEGRAM_WEBHOOK_SECRET: secrets.webhookSecret,
    GRAMKIT_TELEGRAM_API_ROOT: `${sandbox.url}/sandbox/telegram`,
    GRAMKIT_YOOKASSA_SHOP_ID: secrets.shopId,
    GRAMKIT_YOOKASSA_SECRET_KEY: secrets.shopSecretKey,
    GRAMKIT_YOOKASSA_API_ROOT: `${sandbox.url}/sandbox/yookassa/v3`,
    GRAMKIT_YOOKASSA_RECEIPTS: 'email',
    GRAMKIT_YOOKASSA_WEBHOOK_SOURCES: '127.0.0.1/32',
    GRAMKIT_SMTP_URL: sandbox.smtpUrl,
    GRAMKIT_CODE_SECRET: secrets.codeSecret,
    GRAMKIT_MAIL_FROM: 'gramkit shop <shop@gramkit.example>',
    GRAMKIT_DEV_CLOCK_URL: `${sandbox.url}/sandbox/api/clock`,
  })
  const logger = createLogger({
    level: config.logLevel,
    secrets: config.secrets,
    destination: createWriteStream(home.logFile, { flags: 'a' }),
  })
  const served = await serveShop(config, {
    logger,
    beside: async (app) => {
      app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/sandbox/'))
      await app.register(sandboxProxy(sandbox.url))
      await app.register(launchpad.onSameOrigin)
      await app.register(billing.onSameOrigin)
    },
  })
  running.defer(() => served.close())
  say(summary(publicUrl, home, billing))

  const broken = Promise.race([
    cluster.ended.then((reason) => `PostgreSQL ended: ${reason}`),
    sandbox.ended.then(() => 'The sandbox ended'),
  ])
  return { broken }
}

function summary(publicUrl: string, home: Home, { apiKey }: { readonly apiKey: string }): string {
  return `
gramkit is ready.

  Play the customer   ${publicUrl}/sandbox/
  Everybody's mailbox ${publicUrl}/sandbox/#mail
  The Mini App alone  ${publicUrl}${MINI_APP_PATH}
  The waitlist        ${publicUrl}${JOIN_PATH}/
  Its administration  ${publicUrl}${JOIN_PATH}/admin
  API reference       ${publicUrl}/docs
  Billing, signed in  ${publicUrl}${BILLING_PATH}/#key=${apiKey}
  Its API reference   ${publicUrl}${BILLING_PATH}/docs
  Its demo's API key  ${apiKey}
                      (also in ${home.billingKeyFile})
  Admin token         ${home.secrets.adminToken}
                      (also in ${home.folder}/admin-token)
  Logs                ${home.logFile}
                      ${home.launchpadLogFile}
                      ${home.billingLogFile}
  Data                ${home.folder}

Ctrl-C stops everything; the data stays.
`
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return 8080
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) {
    throw new DevError(`PORT was ${JSON.stringify(text)}; it should be a number from 1 to 65535.`)
  }
  return port
}

async function checkPortFree(port: number): Promise<void> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new DevError(
          error.code === 'EADDRINUSE'
            ? `Port ${port} is taken by another program. Stop it, or choose another: PORT=8081 npm start`
            : `Port ${port} cannot be used: ${error.message}`,
        ),
      )
    })
    probe.listen(port, HOST, () => probe.close(() => resolve()))
  })
}
