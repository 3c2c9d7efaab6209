import { DrizzleQueryError } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { debugLog } from './debug.ts'
import { createLogger, serializeError } from './logger.ts'

const SECRET = 'p"ass/word+0123'

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  write(createLogger({ level: 'trace', secrets: [SECRET, 'short'], destination }))
  return lines.join('')
}

describe('createLogger', () => {
  test('writes one JSON line with level, time and message', () => {
    const line = logged((logger) => logger.info({ userId: 'u1' }, 'logged in'))
    expect(JSON.parse(line)).toMatchObject({ level: 30, userId: 'u1', msg: 'logged in' })
  })

  test.each([
    ['a header', { headers: { authorization: 'Bearer abc' } }],
    ['a field', { token: 'abc' }],
    ['a nested field', { config: { telegram: { botToken: 'abc' } } }],
  ])('hides %s that holds a secret', (_name, fields) => {
    const line = logged((logger) => logger.info(fields))
    expect(line).toContain('[hidden]')
    expect(line).not.toContain('abc')
  })

  test.each([
    ['in a message', SECRET],
    ['in an address', `https://x.test/?key=${encodeURIComponent(SECRET)}`],
    ['inside JSON inside a message', JSON.stringify({ key: SECRET })],
  ])('scrubs a known secret %s', (_name, text) => {
    const line = logged((logger) => logger.error({ err: new Error(text) }, text))
    expect(line).not.toMatch(/ass.{1,6}word/)
    expect(() => JSON.parse(line)).not.toThrow()
  })

  test.each(['', '1', '12', '100500:'])('scrubs a known secret in a login after "%s"', (shop) => {
    const login = Buffer.from(`${shop}${SECRET}`).toString('base64')
    const line = logged((logger) => logger.error(`Basic ${login} was refused`))
    expect(line).not.toContain(login.slice(-14, -4))
  })

  test('scrubs any bot token in an address', () => {
    const line = logged((logger) =>
      logger.warn('POST https://api.telegram.org/bot42:AAbbCCddEEffGGhhIIjjKKllMM/getMe failed'),
    )
    expect(line).not.toContain('AAbbCC')
  })
})

describe('debugLog', () => {
  const write = (asked: readonly string[], namespace: string) =>
    logged((logger) =>
      debugLog(logger.child({}, { level: 'info' }), asked)(namespace, { n: 1 }, 'x'),
    )

  test.each([
    [['billing'], 'billing'],
    [['billing'], 'billing.webhooks'],
    [['people', 'billing.webhooks'], 'billing.webhooks'],
  ])('asked for %j it writes what %s tells, whatever the level', (asked, namespace) => {
    expect(JSON.parse(write(asked, namespace))).toMatchObject({ level: 20, namespace, n: 1 })
  })

  test.each([
    [[], 'billing'],
    [['billing.webhooks'], 'billing'],
    [['bill'], 'billing'],
  ])('asked for %j it is silent about %s', (asked, namespace) => {
    expect(write(asked, namespace)).toBe('')
  })

  test('hides secrets like every line', () => {
    const line = logged((logger) => debugLog(logger, ['a'])('a', { secret: 'abc' }, SECRET))
    expect(line).toContain('[hidden]')
    expect(line).not.toMatch(/abc|ass.{1,6}word/)
  })
})

describe('serializeError', () => {
  test('drops the request that a client hangs on its errors, at every depth', () => {
    const inner = Object.assign(new Error('401'), {
      config: { auth: { password: 'hidden-key' } },
      response: { config: { headers: { Authorization: 'Basic hidden-key' } } },
    })
    const outer = Object.assign(new Error('call failed', { cause: inner }), {
      error: { request: 'hidden-key' },
      code: 'ECONNRESET',
    })
    const text = JSON.stringify(serializeError(outer))
    expect(text).not.toContain('hidden-key')
    expect(text).toContain('ECONNRESET')
    expect(text).toContain('401')
  })

  test('tells of a statement that failed, and none of its parameters', () => {
    const refused = Object.assign(new Error('violates a check'), { code: '23514' })
    const params = ['Zerah', 'zerah@example.org\n    at nowhere']
    const failed = new DrizzleQueryError('update t set a = $1, b = $2', params, refused)
    const text = JSON.stringify(serializeError(new Error('not done', { cause: failed })))
    expect(text).not.toMatch(/zerah|nowhere/i)
    for (const told of [
      'Failed query: update t set a = $1',
      'violates a check',
      '23514',
      'logger.test.ts',
    ]) {
      expect(text).toContain(told)
    }
  })

  test('ends on errors that are their own cause', () => {
    const error = new Error('round')
    error.cause = error
    expect(() => JSON.stringify(serializeError(error))).not.toThrow()
  })
})
