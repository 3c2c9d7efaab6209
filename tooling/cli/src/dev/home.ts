import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { DevError } from './dev-error.ts'

/** Layout of the folder; a change that older data does not fit raises it. */
const LAYOUT = 1

const secretsSchema = z.object({
  botToken: z.string(),
  webhookSecret: z.string(),
  adminToken: z.string(),
  codeSecret: z.string(),
  shopId: z.string(),
  shopSecretKey: z.string(),
  launchpadBotToken: z.string(),
  launchpadWebhookSecret: z.string(),
  billingBotToken: z.string(),
  billingWebhookSecret: z.string(),
  billingShopId: z.string(),
  billingShopSecretKey: z.string(),
  stripeSecretKey: z.string(),
  stripeWebhookSecret: z.string(),
  demoTenantId: z.string(),
})

/** Secrets of this folder's sandbox and apps, made once. */
export type Secrets = z.output<typeof secretsSchema>

/** The folder that keeps everything between two starts. */
export interface Home {
  readonly folder: string
  readonly postgres: string
  readonly sandbox: string
  readonly logFile: string
  readonly launchpadLogFile: string
  readonly billingLogFile: string
  /** Where the API key of billing's demo tenant is kept. */
  readonly billingKeyFile: string
  readonly secrets: Secrets
}

/**
 * Opens the folder, or makes it with fresh secrets.
 *
 * @throws {@link DevError} when another version of gramkit made it
 */
export function openHome(path: string): Home {
  const folder = resolve(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  checkLayout(folder)
  const secrets = readSecrets(join(folder, 'secrets.json'))
  writeFileSync(join(folder, 'admin-token'), `${secrets.adminToken}\n`, { mode: 0o600 })
  return {
    folder,
    postgres: join(folder, 'postgres'),
    sandbox: join(folder, 'sandbox'),
    logFile: join(folder, 'shop.log'),
    launchpadLogFile: join(folder, 'launchpad.log'),
    billingLogFile: join(folder, 'billing.log'),
    billingKeyFile: join(folder, 'billing-api-key'),
    secrets,
  }
}

function checkLayout(folder: string): void {
  const file = join(folder, 'layout')
  if (!existsSync(file)) {
    writeFileSync(file, `${LAYOUT}\n`)
    return
  }
  const found = readFileSync(file, 'utf8').trim()
  if (found !== String(LAYOUT)) {
    throw new DevError(
      `The data folder ${folder} belongs to another version of gramkit (its layout is ${found}, ` +
        `this version keeps layout ${LAYOUT}). Name another folder with GRAMKIT_HOME, or move ` +
        'this one away to start anew.',
    )
  }
}

/** Reads the secrets, and makes those that are not there yet. */
function readSecrets(file: string): Secrets {
  const secret = (): string => randomBytes(24).toString('base64url')
  const botToken = (): string => `${randomInt(100_000_000, 999_999_999)}:${secret()}`
  const shopId = (): string => String(randomInt(100_000, 999_999))
  const fresh: Secrets = {
    botToken: botToken(),
    webhookSecret: secret(),
    adminToken: secret(),
    codeSecret: secret(),
    ...{ shopId: shopId(), shopSecretKey: `test_${secret()}` },
    launchpadBotToken: botToken(),
    launchpadWebhookSecret: secret(),
    ...{ billingBotToken: botToken(), billingWebhookSecret: secret() },
    ...{ billingShopId: shopId(), billingShopSecretKey: `test_${secret()}` },
    stripeSecretKey: `sk_test_${secret()}`,
    stripeWebhookSecret: `whsec_${secret()}`,
    demoTenantId: randomUUID(),
  }
  const kept: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  const secrets = secretsSchema.parse({ ...fresh, ...Object(kept) })
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  return secrets
}
