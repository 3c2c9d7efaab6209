import { addMs, type LocalTime, localTime } from '../../../kernel/index.ts'
import type { Facts } from '../notification.ts'
import type { MessageContent, MessageReader, NotificationTemplate } from '../template.ts'

const MINUTE_MS = 60_000
/** From the last hour before a clock is put forward, by two at most, to the first one after it. */
const SKIPPED_MAX = 3

/** Whose turn it is: people of one time zone, on one of their days. */
export interface SlotQuery {
  /** When they would be told: now, or at a later hour that is being asked about. */
  readonly at: Date
  readonly timeZone: string
  /** The date there, such as `2030-01-31`. */
  readonly day: string
  /** Only people behind this id, in id order. [from the first] */
  readonly after: string | null
  readonly limit: number
}

/** Somebody to tell, and what. */
export interface SlotPerson {
  readonly userId: string
  readonly facts: Facts
  /** Names what it is about, where that is not the day: they hear of it once. [the slot and the day] */
  readonly occasion?: string
}

/** Something that is told to people at one hour of their day. */
export interface Slot<Scope> {
  /** Once a day for each person by this name. */
  readonly id: string
  readonly template: NotificationTemplate
  /** 0 to 23, by the clock on their wall; when that skips it, the next one that there is. */
  readonly hour: number
  /** A page of the people to tell. */
  find(services: Scope, query: SlotQuery): Promise<readonly SlotPerson[]>
}

/** Describes a time slot; its people are filled with what the template asks for. */
export function defineSlot<Scope, Filled extends Facts>(options: {
  readonly id: string
  readonly template: NotificationTemplate<Filled>
  readonly hour: number
  readonly find: (
    services: Scope,
    query: SlotQuery,
  ) => Promise<readonly (SlotPerson & { readonly facts: Filled })[]>
}): Slot<Scope> {
  const { template, ...rest } = options
  const { texts, ...shared } = template
  const write =
    (language: 'en' | 'ru') =>
    (facts: Facts, reader: MessageReader): MessageContent =>
      texts[language](template.schema.parse(facts), reader)
  return { ...rest, template: { ...shared, texts: { en: write('en'), ru: write('ru') } } }
}

/**
 * The date of a zone in whose slot an instant falls; undefined when it is another hour there. Where
 * the clock skips the hour, the slot is the first hour behind it.
 */
export function slotDay(instant: Date, timeZone: string, hour: number): string | undefined {
  return dayOf(localTime(instant, timeZone), instant, timeZone, hour)
}

/** When a zone's slot of an hour begins next; the instant itself when it falls into one. */
export function nextSlotAt(instant: Date, timeZone: string, hour: number): Date {
  let at = instant
  for (;;) {
    const local = localTime(at, timeZone)
    if (dayOf(local, at, timeZone, hour) !== undefined) return at
    at = new Date(Math.floor(at.getTime() / MINUTE_MS + 60 - local.minute) * MINUTE_MS)
  }
}

function dayOf(
  local: LocalTime,
  instant: Date,
  timeZone: string,
  hour: number,
): string | undefined {
  if (local.hour === hour) return local.day
  const late = hoursFrom(hour, local.hour)
  if (late >= SKIPPED_MAX) return undefined
  const before = localTime(addMs(instant, -(local.minute + 1) * MINUTE_MS), timeZone)
  const early = hoursFrom(before.hour, hour)
  const isSkipped = early > 0 && early + late <= SKIPPED_MAX
  if (!isSkipped) return undefined
  return hour > before.hour ? before.day : local.day
}

function hoursFrom(hour: number, later: number): number {
  return (later - hour + 24) % 24
}
