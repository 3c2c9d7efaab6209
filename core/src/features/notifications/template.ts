import type { z } from 'zod'
import { InvalidValue, type Language } from '../../kernel/index.ts'
import type { ChannelName, Facts } from './notification.ts'
import { TemplateUnknown, TopicUnknown } from './notifications.errors.ts'

/** A text in each language that the kit speaks. */
export type Texts<Text = string> = Readonly<Record<Language, Text>>

/** A button below a message. */
export interface MessageButton {
  readonly text: string
  readonly url: string
  /** Opens the Mini App inside Telegram rather than a page. */
  readonly isMiniApp?: boolean | undefined
}

/** In whose words and days a message is written. */
export interface MessageReader {
  readonly language: Language
  /** IANA name, such as `Europe/Moscow`: the day of an instant is the one on their own calendar. */
  readonly timeZone: string
}

/** A message as somebody reads it. */
export interface MessageContent {
  /** Subject of an e-mail; other channels leave it out. */
  readonly title: string
  readonly text: string
  readonly buttons?: readonly MessageButton[]
}

/** Something that people may turn off. */
export interface Topic {
  readonly id: string
  readonly title: Texts
}

/** What a template's audience rule knows of somebody. */
export interface Audience {
  readonly kind: 'guest' | 'registered'
  readonly language: Language
  readonly createdAt: Date
}

/** Order in which due notifications go out. */
export const PRIORITIES = ['high', 'normal', 'low'] as const

/** Order in which due notifications go out. */
export type Priority = (typeof PRIORITIES)[number]

/** What is said about one kind of occasion, to whom, and how. */
export interface NotificationTemplate<Filled extends Facts = Facts> {
  /** `<noun>.<what it says>`, such as `streak.ending`. */
  readonly id: string
  /** Topic by which people turn it off; null for what must reach them at any hour (transactional). */
  readonly topic: string | null
  readonly priority: Priority
  /** Ways to reach somebody; the first that does is used. What has a topic is never mailed. */
  readonly channels: readonly ChannelName[]
  /** How long after its time it is still worth sending. */
  readonly validMs: number
  readonly texts: Texts<(facts: Filled, reader: MessageReader) => MessageContent>
  /** Whom it is meant for. */
  readonly isFor: (person: Audience) => boolean
  /** Checks what a notification is filled with. */
  readonly schema: z.ZodType<Filled>
}

interface TemplateOptions<Filled extends Facts>
  extends Pick<NotificationTemplate<Filled>, 'id' | 'topic' | 'texts' | 'schema'> {
  /** [normal] */
  readonly priority?: Priority
  /** [telegram] */
  readonly channels?: readonly ChannelName[]
  /** [86 400 000, a day] */
  readonly validMs?: number
  /** [everybody] */
  readonly isFor?: (person: Audience) => boolean
}

/**
 * Describes a template.
 *
 * @example
 * const streakEnding = defineTemplate({
 *   id: 'streak.ending',
 *   topic: 'reminders',
 *   schema: z.object({ days: z.int() }),
 *   texts: {
 *     en: ({ days }) => ({ title: 'Your streak', text: `${days} days in a row. Come by today.` }),
 *     ru: ({ days }) => ({ title: 'Ваша серия', text: `Дней подряд: ${days}. Загляните сегодня.` }),
 *   },
 * })
 */
export function defineTemplate<Filled extends Facts>(
  options: TemplateOptions<Filled>,
): NotificationTemplate<Filled> {
  return {
    priority: 'normal',
    channels: ['telegram'],
    validMs: 86_400_000,
    isFor: () => true,
    ...options,
  }
}

/** A template as it is kept beside others, whatever fills it. */
export interface AnyTemplate extends Omit<NotificationTemplate, 'texts' | 'schema'> {
  /**
   * Writes the message, from what a row holds.
   *
   * @throws when the facts are not what the template is filled with
   */
  write(reader: MessageReader, facts: unknown): MessageContent
}

/** Hides what fills a template, so that templates can be listed. */
export function anyTemplate<Filled extends Facts>(
  template: NotificationTemplate<Filled>,
): AnyTemplate {
  const { texts, schema, ...rest } = template
  return { ...rest, write: (reader, facts) => texts[reader.language](schema.parse(facts), reader) }
}

/** What an app says, and what of it people may turn off. */
export interface TemplateCatalog {
  readonly topics: readonly Topic[]
  /** Notifications that one person gets at the most on one day, transactional ones aside. */
  readonly dailyMax: number
  /** Stars that one broadcast may cost at the most. */
  readonly paidBroadcastStarsMax: number
  list(): readonly AnyTemplate[]
  /** The template of an id, or undefined. */
  find(id: string): AnyTemplate | undefined
  /** @throws {@link TemplateUnknown} */
  get(id: string): AnyTemplate
  /** @throws {@link TopicUnknown} */
  checkTopic(id: string): void
}

/** Topic of broadcasts, which every app has. */
export const NEWS: Topic = { id: 'news', title: { en: 'News', ru: 'Новости' } }

/** What an app declares about notifications. */
export interface NotificationOptions {
  readonly templates?: readonly AnyTemplate[]
  /** What people may turn off, beside {@link NEWS}. */
  readonly topics?: readonly Topic[]
  /** Notifications that one person gets at the most on one day, transactional ones aside. [3] */
  readonly dailyMax?: number
  /** Stars that one broadcast may cost at the most. [0] */
  readonly paidBroadcastStarsMax?: number
}

/**
 * Checks what an app declares.
 *
 * @throws {@link InvalidValue} when an id is used twice, a topic is not declared, or a template of a
 * topic would be mailed
 */
export function createTemplateCatalog({
  templates = [],
  topics = [],
  dailyMax = 3,
  paidBroadcastStarsMax = 0,
}: NotificationOptions): TemplateCatalog {
  const all = [NEWS, ...topics]
  const byId = new Map(templates.map((template) => [template.id, template]))
  const hasTopic = (id: string): boolean => all.some((topic) => topic.id === id)
  if (byId.size < templates.length || new Set(all.map(({ id }) => id)).size < all.length) {
    throw new InvalidValue({ field: 'notifications', problem: 'use one id twice' })
  }
  for (const { id, topic, channels } of templates) {
    if (topic !== null && !hasTopic(topic)) {
      throw new InvalidValue({
        field: `notifications.${id}.topic`,
        problem: `is ${topic}, which is not declared`,
        remedy: 'declare the topic with its titles',
      })
    }
    // Mailboxes want such mails to be unsubscribed from with one press, which these do not offer.
    if (topic !== null && channels.includes('email')) {
      throw new InvalidValue({
        field: `notifications.${id}.channels`,
        problem: 'names email, by which only what has no topic goes out',
        remedy: 'leave email out, or make the template transactional',
      })
    }
  }
  return {
    topics: all,
    dailyMax,
    paidBroadcastStarsMax,
    list: () => templates,
    find: (id) => byId.get(id),
    get(id) {
      const template = byId.get(id)
      if (!template) throw new TemplateUnknown({ template: id })
      return template
    },
    checkTopic(id) {
      if (!hasTopic(id)) throw new TopicUnknown({ topic: id })
    },
  }
}
