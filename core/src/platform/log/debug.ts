import type { Logger } from 'pino'

/** Writes down what happens in detail, under a namespace such as `billing.webhooks`. */
export type DebugLog = (namespace: string, facts: object, message: string) => void

/**
 * Makes what writes details of the namespaces that are asked for, and of those below them, whatever
 * the logger's own level is: `billing` asks for `billing.webhooks` as well. Lines carry `namespace`.
 */
export function debugLog(logger: Pick<Logger, 'child'>, asked: readonly string[]): DebugLog {
  if (asked.length === 0) return () => {}
  const detailed = logger.child({}, { level: 'debug' })
  const isAsked = (namespace: string): boolean =>
    asked.some((name) => namespace === name || namespace.startsWith(`${name}.`))
  return (namespace, facts, message) => {
    if (isAsked(namespace)) detailed.debug({ namespace, ...facts }, message)
  }
}
