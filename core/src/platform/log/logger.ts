import { type DestinationStream, type Logger, pino } from 'pino'

/** How a process logs. */
export interface LoggerOptions {
  /** Least severity that is written. [info] */
  readonly level?: string
  /** Texts that never leave the process, whatever they are part of. [none] */
  readonly secrets?: readonly string[]
  /** Where lines go. [standard output] */
  readonly destination?: DestinationStream
}

/** Fields that hold secrets wherever they appear, down to two levels. */
const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'token',
  'botToken',
  'adminToken',
  'sessionToken',
  'deviceKey',
  'initData',
  'password',
  'secret',
  'secretKey',
  'webhookSecret',
]
const HIDDEN = '[hidden]'
const CAUSES_MAX = 5
const SECRET_LENGTH_MIN = 8

/** Makes a logger that writes JSON lines without secrets. */
export function createLogger(options: LoggerOptions = {}): Logger {
  const scrub = scrubber(options.secrets ?? [])
  return pino(
    {
      level: options.level ?? 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: serializeError, error: serializeError },
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: HIDDEN,
      },
      // The last line of defence: a secret inside a message, a stack or a field nobody thought of.
      hooks: { streamWrite: scrub },
    },
    options.destination ?? pino.destination(1),
  )
}

/**
 * Tells what is safe to know of an error.
 *
 * Clients of other services hang their whole request, with keys and headers, on the errors they
 * throw (axios `config`, grammY `error`), so only known fields are taken. drizzle writes the
 * parameters of a statement, which are people's data, into message and stack.
 */
export function serializeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error))
    return { message: typeof error === 'string' ? error : 'not an Error' }
  const code: unknown = Reflect.get(error, 'code')
  const details: unknown = Reflect.get(error, 'details')
  return {
    type: error.name,
    ...textsOf(error),
    ...(typeof code === 'string' ? { code } : {}),
    ...(isFlat(details) ? { details } : {}),
    ...(error.cause !== undefined && depth < CAUSES_MAX
      ? { cause: serializeError(error.cause, depth + 1) }
      : {}),
  }
}

function textsOf(error: Error): { readonly message: string; readonly stack: string | undefined } {
  const { message, stack = '' } = error
  const query: unknown = Reflect.get(error, 'query')
  if (!Array.isArray(Reflect.get(error, 'params'))) return { message, stack: error.stack }
  const [, ...frames] = stack.split(message)
  return { message: `Failed query: ${query}`, stack: frames.at(-1) }
}

function isFlat(details: unknown): boolean {
  if (details === null || typeof details !== 'object') return false
  return Object.values(details).every((value) => value === null || typeof value !== 'object')
}

/** Replaces secrets in a finished line, also as JSON (twice over), addresses and logins write them. */
function scrubber(secrets: readonly string[]): (line: string) => string {
  const forms = secrets
    .filter((secret) => secret.length >= SECRET_LENGTH_MIN)
    .flatMap((secret) => [
      secret,
      escapedInJson(secret),
      escapedInJson(escapedInJson(secret)),
      encodeURIComponent(secret),
      ...base64Inside(secret),
    ])
  // Longest first, so that a secret inside another one does not leave the rest of it behind.
  const known = [...new Set(forms)]
    .sort((a, b) => b.length - a.length)
    .map((form) => form.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'))
  const pattern = new RegExp(['\\bbot\\d+:[\\w-]{20,}', ...known].join('|'), 'g')
  return (line) => line.replace(pattern, HIDDEN)
}

/** How base64 of a longer text, such as `shop:key`, writes a secret: three ways, by where it begins. */
function base64Inside(secret: string): string[] {
  return ['', 'x', 'xx']
    .map((before) => Buffer.from(before + secret).toString('base64'))
    .map((text, shift) => text.replace(/=+$/, '').slice(shift === 0 ? 0 : shift + 1, -1))
    .filter((text) => text.length >= SECRET_LENGTH_MIN)
}

function escapedInJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
