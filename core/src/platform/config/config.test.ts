import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ConfigInvalid } from './config.errors.ts'
import { loadConfig } from './config.ts'
import { SECRET_VARIABLES, variables } from './variables.ts'

const required = {
  DATABASE_URL: 'postgres://app:hunter2hunter2@127.0.0.1:5432/shop',
  GRAMKIT_ADMIN_TOKEN: 'an-admin-token-of-32-characters!',
  GRAMKIT_TELEGRAM_BOT_TOKEN: '42:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr',
  GRAMKIT_TELEGRAM_WEBHOOK_SECRET: 'webhook-secret-0123456789',
}

/** A value that each variable refuses. */
const malformed: Record<keyof typeof variables.shape, string> = {
  NODE_ENV: 'prod',
  DATABASE_URL: 'mysql://root:hunter2hunter2@localhost/shop',
  DEFAULT_TENANT_ID: 'default',
  GRAMKIT_OWNER_DATABASE_URL: 'localhost',
  GRAMKIT_DIRECT_DATABASE_URL: 'localhost',
  GRAMKIT_DATABASE_POOL_SIZE: '0',
  REDIS_URL: 'http://localhost',
  PORT: '80a',
  GRAMKIT_HOST: 'x'.repeat(256),
  GRAMKIT_PUBLIC_URL: 'shop.example',
  GRAMKIT_ROLES: 'api,baker',
  GRAMKIT_ADMIN_TOKEN: 'short',
  GRAMKIT_TELEGRAM_BOT_TOKEN: 'not-a-token',
  GRAMKIT_TELEGRAM_WEBHOOK_SECRET: 'with spaces in the middle of it',
  GRAMKIT_TELEGRAM_API_ROOT: 'ftp://example.org',
  GRAMKIT_SUPPORT_CONTACT: '@'.repeat(257),
  GRAMKIT_INIT_DATA_MAX_AGE_SECONDS: '1e9',
  GRAMKIT_YOOKASSA_SHOP_ID: 'shop',
  GRAMKIT_YOOKASSA_SECRET_KEY: 'short',
  GRAMKIT_YOOKASSA_API_ROOT: 'yookassa',
  GRAMKIT_YOOKASSA_RECEIPTS: 'yes',
  GRAMKIT_YOOKASSA_TAX_SYSTEM_CODE: '7',
  GRAMKIT_YOOKASSA_WEBHOOK_SOURCES: '0.0.0.0/0',
  GRAMKIT_STRIPE_SECRET_KEY: 'pk_live_0123456789',
  GRAMKIT_STRIPE_WEBHOOK_SECRET: 'a secret without its mark',
  GRAMKIT_STRIPE_API_ROOT: 'api.stripe.com',
  GRAMKIT_SMTP_URL: 'mail.example.org',
  GRAMKIT_MAIL_FROM: 'Shop',
  GRAMKIT_WEBHOOK_URL: 'hooks.example.org',
  GRAMKIT_WEBHOOK_SECRET: 'whsec_short',
  GRAMKIT_MESSAGES_PER_SECOND: 'fast',
  GRAMKIT_PAID_BROADCAST_STARS: '-1',
  GRAMKIT_CODE_SECRET: 'short',
  GRAMKIT_RETURN_URLS: 'https://a.example,b.example',
  GRAMKIT_SPENT_CREDITS: 'forgive',
  GRAMKIT_CORS_ORIGINS: 'https://a.example/path',
  GRAMKIT_TRUSTED_PROXIES: 'true',
  GRAMKIT_RATE_LIMIT_PER_MINUTE: '-1',
  GRAMKIT_LOGINS_PER_MINUTE: '0',
  GRAMKIT_OWNER_TELEGRAM_IDS: '1,@anna',
  GRAMKIT_DRAIN_DELAY_MS: '1.5',
  GRAMKIT_LOG_LEVEL: 'loud',
  GRAMKIT_LOG_DEBUG: 'billing, Users',
  GRAMKIT_DEV_CLOCK_URL: 'clock',
}

function faultsOf(environment: Record<string, string | undefined>): ConfigInvalid {
  try {
    loadConfig(environment)
  } catch (error) {
    if (error instanceof ConfigInvalid) return error
    throw error
  }
  throw new Error('The configuration was accepted')
}

describe('loadConfig', () => {
  test('needs only the required variables outside of production', () => {
    const config = loadConfig(required)
    expect(config).toMatchObject({
      isProduction: false,
      roles: ['api', 'bot', 'worker', 'relay'],
      http: { port: 8080, publicUrl: 'http://localhost:8080', trustedProxies: [] },
      database: { directUrl: required.DATABASE_URL },
      yookassa: undefined,
    })
    expect(config.secrets).toContain(required.GRAMKIT_ADMIN_TOKEN)
  })

  test.each(Object.keys(required))('stops without %s and names it alone', (name) => {
    for (const missing of [undefined, '']) {
      const { faults, message } = faultsOf({ ...required, [name]: missing })
      expect(faults.map((fault) => fault.name)).toEqual([name])
      expect(message).toContain(`${name} is missing; it should be `)
    }
  })

  test.each(Object.entries(malformed))('stops on a malformed %s', (name, value) => {
    const { faults, message } = faultsOf({ ...required, [name]: value })
    expect(faults.map((fault) => fault.name)).toEqual([name])
    expect(message).toContain('; it should be ')
    const isSecret = SECRET_VARIABLES.has(name)
    expect(message.includes(value.slice(0, 200))).toBe(!isSecret)
    if (isSecret) expect(message).toContain(`a text of ${value.length} characters (hidden)`)
  })

  test('names all that is wrong at once', () => {
    expect(faultsOf({ PORT: 'x' }).faults).toHaveLength(5)
  })

  test('wants a sender and a secret for codes, once there is a mail server', () => {
    const smtp = { GRAMKIT_SMTP_URL: 'smtps://shop:hunter2@mail.example.org' }
    const { faults } = faultsOf({ ...required, ...smtp })
    expect(faults.map(({ name }) => name)).toEqual(['GRAMKIT_MAIL_FROM', 'GRAMKIT_CODE_SECRET'])
    const from = { GRAMKIT_MAIL_FROM: 'Shop <shop@example.org>' }
    const secret = { GRAMKIT_CODE_SECRET: 'x'.repeat(32) }
    const config = loadConfig({ ...required, ...smtp, ...from, ...secret })
    expect(config.mail?.from).toBe(from.GRAMKIT_MAIL_FROM)
  })

  test('wants the number and the key of a YooKassa shop together', () => {
    const shopId = { GRAMKIT_YOOKASSA_SHOP_ID: '100500' }
    const secretKey = { GRAMKIT_YOOKASSA_SECRET_KEY: 'test_secret_key' }
    const receipts = { GRAMKIT_YOOKASSA_RECEIPTS: 'none' }
    expect(faultsOf({ ...required, ...shopId }).message).toContain('SECRET_KEY is missing')
    expect(faultsOf({ ...required, ...secretKey }).message).toContain('SHOP_ID is missing')
    const { yookassa } = loadConfig({ ...required, ...shopId, ...secretKey, ...receipts })
    expect(yookassa).toMatchObject({ shopId: '100500', receipts: undefined })
  })

  test('wants the key and the webhook secret of a Stripe account together', () => {
    const key = { GRAMKIT_STRIPE_SECRET_KEY: 'sk_test_0123456789' }
    const secret = { GRAMKIT_STRIPE_WEBHOOK_SECRET: 'whsec_0123456789' }
    for (const missing of [undefined, '']) {
      const { message } = faultsOf({ ...required, ...key, GRAMKIT_STRIPE_WEBHOOK_SECRET: missing })
      expect(message).toContain('GRAMKIT_STRIPE_WEBHOOK_SECRET is missing')
    }
    expect(faultsOf({ ...required, ...secret }).message).toContain('STRIPE_SECRET_KEY is missing')
    const config = loadConfig({ ...required, ...key, ...secret })
    expect(config.stripe).toMatchObject({ apiRoot: 'https://api.stripe.com' })
    expect(config.secrets).toContain('sk_test_0123456789')
    expect(config.secrets).toContain('whsec_0123456789')
  })

  test('wants to be told how receipts reach the buyers of a YooKassa shop', () => {
    const shop = {
      ...required,
      GRAMKIT_YOOKASSA_SHOP_ID: '100500',
      GRAMKIT_YOOKASSA_SECRET_KEY: 'test_secret_key',
    }
    expect(faultsOf(shop).message).toContain('GRAMKIT_YOOKASSA_RECEIPTS is missing')
    const receipts = { GRAMKIT_YOOKASSA_RECEIPTS: 'email', GRAMKIT_YOOKASSA_TAX_SYSTEM_CODE: '2' }
    expect(loadConfig({ ...shop, ...receipts }).yookassa?.receipts).toEqual({
      contact: 'email',
      taxSystemCode: 2,
    })
  })

  test('wants a public address in production and refuses a clock that somebody else moves', () => {
    const production = { ...required, NODE_ENV: 'production' }
    expect(faultsOf(production).message).toContain('GRAMKIT_PUBLIC_URL is missing')
    expect(faultsOf(production).message).toContain('GRAMKIT_SUPPORT_CONTACT is missing')
    const moved = {
      ...production,
      GRAMKIT_PUBLIC_URL: 'https://shop.example',
      GRAMKIT_SUPPORT_CONTACT: '@shop_support',
      GRAMKIT_DEV_CLOCK_URL: 'http://localhost:1',
    }
    expect(faultsOf(moved).message).toContain('GRAMKIT_DEV_CLOCK_URL is set although')
  })

  test.each([
    '',
    'short',
    'fifteen-letters',
    'x'.repeat(257),
    'with.a.dot.in.the.middle',
    'ключ'.repeat(8),
  ])('refuses "%s" as the secret of the webhook', (secret) => {
    const { faults } = faultsOf({ ...required, GRAMKIT_TELEGRAM_WEBHOOK_SECRET: secret })
    expect(faults.map(({ name }) => name)).toEqual(['GRAMKIT_TELEGRAM_WEBHOOK_SECRET'])
  })

  test.each(['0.0.0.0/0', '::/0', '1', '10.0.0.0/33', '10.0.0.0/8/8', 'loopback'])(
    'refuses to trust "%s" as a proxy',
    (block) => {
      expect(faultsOf({ ...required, GRAMKIT_TRUSTED_PROXIES: block }).faults).toHaveLength(1)
    },
  )
})

describe('.env.example', () => {
  const text = readFileSync(new URL('../../../../.env.example', import.meta.url), 'utf8')
  const lines = [...text.matchAll(/^#? ?([A-Z][A-Z_]+)=(.*)$/gm)]

  test('documents exactly the variables that are read', () => {
    expect(lines.map(([, name]) => name).sort()).toEqual(Object.keys(variables.shape).sort())
  })

  test('shows the defaults that are used', () => {
    for (const [, name, shown] of lines) {
      const schema = Object.entries(variables.shape).find(([key]) => key === name)?.[1]
      const standard = schema?.safeParse(undefined)
      if (standard?.success) expect(`${name}=${shown}`).toBe(`${name}=${standard.data ?? ''}`)
    }
  })

  test('says of every variable what it should be', () => {
    for (const [name, schema] of Object.entries(variables.shape)) {
      expect(schema.description, name).toMatch(/^[a-z0-9]/)
    }
  })
})
