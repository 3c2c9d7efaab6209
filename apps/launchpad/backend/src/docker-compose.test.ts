import { readFileSync } from 'node:fs'
import { loadConfig, readVariables, variables } from '@gramkit/core/config'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { gatewayVariables } from './variables.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

const service = z.object({
  image: z.string(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  depends_on: z.unknown().optional(),
})
const { services } = z
  .object({ services: z.record(z.string(), service) })
  .parse(parse(read('../../docker-compose.yml'), { merge: true }))
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('../package.json')))

const PORTS = { waitlist: 5010, invites: 5011, referrals: 5012, 'quality-gates': 5013 } as const
const FOUR = Object.entries(PORTS)

/** What `docker compose` would hand to a process, with these answers to its `${…}`. */
function environmentOf(name: string, given: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(services[name]?.environment ?? {}).map(([key, text]) => [
      key,
      text.replace(/\$\{(\w+)(?::-([^}]*)|:\?)?\}/g, (_, variable, fallback) => {
        const value = given[variable] ?? fallback
        if (value === undefined) throw new Error(`${variable} is to be given`)
        return value
      }),
    ]),
  )
}

const GIVEN = {
  POSTGRES_PASSWORD: 'secret',
  GRAMKIT_PUBLIC_URL: 'https://join.example',
  GRAMKIT_SUPPORT_CONTACT: '@join_support',
  GRAMKIT_ADMIN_TOKEN: 'an-admin-token-of-32-characters!',
  GRAMKIT_TELEGRAM_BOT_TOKEN: '42:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr',
  GRAMKIT_TELEGRAM_WEBHOOK_SECRET: 'webhook-secret-0123456789',
}

describe('docker-compose.yml', () => {
  test.each(FOUR)('runs %s by its script, on port %s', (name, port) => {
    expect(services[name]).toMatchObject({
      command: ['pnpm', '--filter', 'launchpad', name],
      ports: [`127.0.0.1:${port}:5000`],
    })
    expect(scripts[name]).toContain(`PORT=\${PORT:-${port}}`)
  })

  test.each(FOUR)('gives %s a configuration that it starts with', (name) => {
    const config = loadConfig(environmentOf(name, GIVEN))
    expect(config).toMatchObject({ isProduction: true, http: { port: 5000 } })
    expect(config.redisUrl).toBe('redis://redis:6379')
  })

  test.each(FOUR)('gives %s no variable that nobody reads', (name) => {
    const known = Object.keys(variables.shape)
    expect(Object.keys(environmentOf(name, GIVEN)).filter((key) => !known.includes(key))).toEqual(
      [],
    )
  })

  test('stops where a secret is not given', () => {
    for (const name of Object.keys(GIVEN)) {
      const without = Object.fromEntries(Object.entries(GIVEN).filter(([key]) => key !== name))
      expect(() => environmentOf('waitlist', without)).toThrow(`${name} is to be given`)
    }
  })

  test('puts the gateway in front of them, by the names of the services', () => {
    const environment = environmentOf('api-gateway')
    const read = readVariables(gatewayVariables, environment)
    expect(read).toMatchObject({
      PORT: 8000,
      WAITLIST_URL: 'http://waitlist:5000',
      INVITES_URL: 'http://invites:5000',
      REFERRALS_URL: 'http://referrals:5000',
      QUALITY_GATES_URL: 'http://quality-gates:5000',
    })
    expect(services['api-gateway']).toMatchObject({
      command: ['pnpm', '--filter', 'launchpad', 'gateway'],
      ports: ['8000:8000'],
      depends_on: FOUR.map(([name]) => name),
    })
    const unread = Object.keys(environment).filter((key) => !(key in gatewayVariables.shape))
    expect(unread).toEqual([])
  })

  test('migrates as the owner before anything is served', () => {
    expect(services['migrate']?.command).toEqual([
      ...['pnpm', 'gramkit', 'migrate', '--app', '@gramkit/launchpad'],
    ])
    for (const [name] of FOUR) {
      expect(services[name]?.depends_on).toMatchObject({
        migrate: { condition: 'service_completed_successfully' },
      })
    }
  })
})
