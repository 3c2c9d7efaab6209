import { readFileSync } from 'node:fs'
import { variables } from '@gramkit/core/config'
import { describe, expect, test } from 'vitest'
import { loadLaunchpadConfig } from './config.ts'
import { gatewayVariables, launchpadVariables } from './variables.ts'

const complete = {
  DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:1/none',
  GRAMKIT_ADMIN_TOKEN: 'an-admin-token-of-32-characters!',
  GRAMKIT_TELEGRAM_BOT_TOKEN: '42:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr',
  GRAMKIT_TELEGRAM_WEBHOOK_SECRET: 'webhook-secret-0123456789',
}

describe('the configuration of the launchpad', () => {
  test('serves all services, or those that are named', () => {
    expect(loadLaunchpadConfig(complete).services).toEqual([
      ...['waitlist', 'invites', 'referrals', 'quality'],
    ])
    const some = { ...complete, GRAMKIT_LAUNCHPAD_SERVICES: 'quality, invites' }
    expect(loadLaunchpadConfig(some).services).toEqual(['quality', 'invites'])
  })

  test('names a service that there is not', () => {
    const wrong = { ...complete, GRAMKIT_LAUNCHPAD_SERVICES: 'waitlist,shop' }
    expect(() => loadLaunchpadConfig(wrong)).toThrow(
      'GRAMKIT_LAUNCHPAD_SERVICES was "waitlist,shop"; it should be a comma-separated list out of',
    )
  })

  test('.env.example documents exactly the variables that are read', () => {
    const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
    const listed = [...example.matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name)
    const ofTheKit = Object.keys(variables.shape)
    const read = { ...launchpadVariables.shape, ...gatewayVariables.shape }
    const own = Object.keys(read).filter((name) => !ofTheKit.includes(name))
    expect(listed.sort()).toEqual(own.sort())
  })
})
