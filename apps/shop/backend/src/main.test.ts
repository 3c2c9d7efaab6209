import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'

// Each starts a process, on a machine that others use too.
vi.setConfig({ testTimeout: 60_000 })

const complete: Record<string, string> = {
  DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:1/none',
  PORT: '0',
  GRAMKIT_ADMIN_TOKEN: 'an-admin-token-of-32-characters!',
  GRAMKIT_TELEGRAM_BOT_TOKEN: '42:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr',
  GRAMKIT_TELEGRAM_WEBHOOK_SECRET: 'webhook-secret-0123456789',
}

function start(env: Record<string, string | undefined>) {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  return spawnSync(process.execPath, ['-C', 'gramkit-source', main], {
    env: { PATH: process.env['PATH'], GRAMKIT_LOG_LEVEL: 'silent', ...env },
    encoding: 'utf8',
    timeout: 50_000,
  })
}

describe('a process of the shop', () => {
  test.each(Object.keys(complete).filter((name) => name !== 'PORT'))(
    'does not start without %s, and names it',
    (name) => {
      const { status, stderr } = start({ ...complete, [name]: undefined })
      expect(status).toBe(1)
      expect(stderr).toContain(`${name} is missing; it should be `)
      expect(stderr).not.toContain('    at ')
    },
  )

  test('does not start with a malformed value, and keeps a secret out of the message', () => {
    const { status, stderr } = start({ ...complete, GRAMKIT_TELEGRAM_BOT_TOKEN: 'hunter2-hunter2' })
    expect(status).toBe(1)
    expect(stderr).toContain('GRAMKIT_TELEGRAM_BOT_TOKEN was a text of 15 characters (hidden)')
    expect(stderr).not.toContain('hunter2')
  })
})
