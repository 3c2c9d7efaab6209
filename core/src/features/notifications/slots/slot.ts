import { type LocalTime, localTime } from '../../../kernel/index.ts'
import type { Facts } from '../notification.ts'
import { quietUntil } from '../quiet-hours.ts'
import type { MessageContent, MessageReader, NotificationTemplate } from '../template.ts'

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
  /** 0 to 23, by the clock on their wall. */
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

/** The date of a zone in whose slot an instant falls; undefined when it is another hour there. */
export function slotDay(instant: Date, timeZone: string, hour: number): string | undefined {
  const local: LocalTime = localTime(instant, timeZone)
  return local.hour === hour ? local.day : undefined
}

/** When a zone's clock shows the hour next; the instant itself when it shows it now. */
export function nextSlotAt(instant: Date, timeZone: string, hour: number): Date {
  const rest = { from: ((hour + 1) % 24) * 60, until: hour * 60 }
  return quietUntil(instant, timeZone, rest) ?? instant
}
