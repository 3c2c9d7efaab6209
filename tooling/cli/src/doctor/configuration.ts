import { type Config, ConfigInvalid, loadConfig } from '@gramkit/core/config'
import type { Environment } from '../command.ts'
import { type Finding, ok, problem, warning } from '../findings.ts'

/** Words of examples and of people who were in a hurry. */
const GUESSED = /change.?me|example|secret|password|test|token|admin|qwerty|12345|(.)\1{3}/i
const DISTINCT_MIN = 10
const STRONG_LENGTH = 24

const MAKE_ANOTHER = 'make another: openssl rand -hex 32'

/** Reads the configuration; without one there are the faults of its variables. */
export function readConfiguration(env: Environment): Config | Finding[] {
  try {
    return loadConfig(env)
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error
    return error.faults.map(({ name, was, should }) =>
      problem(`${name} ${was}`, `it should be ${should}`),
    )
  }
}

/** Looks at what a readable configuration still may have wrong. */
export function checkConfiguration(config: Config, env: Environment): Finding[] {
  const { isProduction, telegram, yookassa, stripe, http } = config
  // What may pass on one's own machine may not where people pay.
  const serious = isProduction ? problem : warning
  return [
    ok('All variables can be read'),
    isProduction
      ? ok('NODE_ENV is production')
      : warning(
          'NODE_ENV is not production: play money and defaults are let through',
          'set NODE_ENV=production where people pay',
        ),
    ...checkSecret('GRAMKIT_ADMIN_TOKEN', http.adminToken, serious),
    ...checkSecret('GRAMKIT_TELEGRAM_WEBHOOK_SECRET', telegram.webhookSecret, serious),
    ...(http.adminToken === telegram.webhookSecret
      ? [
          problem(
            'GRAMKIT_ADMIN_TOKEN and GRAMKIT_TELEGRAM_WEBHOOK_SECRET are the same',
            MAKE_ANOTHER,
          ),
        ]
      : []),
    checkAddress('GRAMKIT_PUBLIC_URL', http.publicUrl, serious),
    checkAddress('GRAMKIT_TELEGRAM_API_ROOT', telegram.apiRoot, serious),
    ...(yookassa
      ? [
          checkAddress('GRAMKIT_YOOKASSA_API_ROOT', yookassa.apiRoot, serious),
          ...(yookassa.secretKey.startsWith('test_')
            ? [
                warning(
                  'GRAMKIT_YOOKASSA_SECRET_KEY is of a test shop: it takes play money only',
                  'take the key of the real shop where people pay',
                ),
              ]
            : []),
        ]
      : []),
    ...(stripe ? [checkAddress('GRAMKIT_STRIPE_API_ROOT', stripe.apiRoot, serious)] : []),
    checkProxies(http.trustedProxies, isProduction),
    ...(env['GRAMKIT_OWNER_DATABASE_URL'] === env['DATABASE_URL']
      ? [
          problem(
            'DATABASE_URL is the address of the role that owns the database',
            'give the app a role of its own: docs/how-to/go-live.md',
          ),
        ]
      : []),
  ]
}

type Verdict = (what: string, remedy: string) => Finding

function checkSecret(name: string, value: string, serious: Verdict): Finding[] {
  const distinct = new Set(value).size
  if (GUESSED.test(value) || distinct < DISTINCT_MIN) {
    return [serious(`${name} can be guessed`, MAKE_ANOTHER)]
  }
  return value.length < STRONG_LENGTH
    ? [warning(`${name} is short: ${value.length} characters`, MAKE_ANOTHER)]
    : [ok(`${name} is strong`)]
}

function checkAddress(name: string, value: string, serious: Verdict): Finding {
  const { protocol, hostname } = new URL(value)
  const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
  if (isHere) return serious(`${name} is this machine: ${value}`, 'name the real address')
  return protocol === 'https:'
    ? ok(`${name} is ${value}`)
    : serious(`${name} is not encrypted: ${value}`, 'use https')
}

function checkProxies(trusted: readonly string[], isProduction: boolean): Finding {
  if (trusted.length > 0) return ok(`Proxies are trusted by address: ${trusted.join(', ')}`)
  return isProduction
    ? warning(
        'No proxy is trusted: right only if nothing stands before the app',
        'name your load balancer in GRAMKIT_TRUSTED_PROXIES, as CIDR blocks',
      )
    : ok('No proxy is trusted')
}
