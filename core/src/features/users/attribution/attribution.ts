import { DAY_MS } from '../../../kernel/index.ts'

/** Where somebody came from when they came first. */
export interface Attribution {
  /** Free text of a link, sanitised; anybody can write it, so it proves nothing. */
  readonly source: string | null
  /** Code of the invitation in the link, whether or not it was good. */
  readonly invitation: string | null
  readonly via: StartVia
  readonly firstAt: Date
}

/** What was opened: the bot, the Mini App, or the site. */
export type StartVia = 'start' | 'startapp' | 'web'

/**
 * How long after first sight a link still says where somebody came from: the Mini App may open
 * before the bot hears `/start`, but who has long been here did not come by today's link.
 */
export const ATTRIBUTION_WINDOW_MS = DAY_MS

/** Leaves of a source what a report can print; undefined when nothing is left. */
export function cleanSource(source: string | undefined): string | undefined {
  return source?.replace(/[^A-Za-z0-9_.-]+/g, '').slice(0, 64) || undefined
}
