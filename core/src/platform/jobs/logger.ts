/** The part of a pino logger that background work needs. */
export interface JobsLogger {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}
