import { addMs, type Clock, languageOf, localDay, newId } from '../../kernel/index.ts'
import { assertNoTransaction } from '../../platform/database/index.ts'
import type { User, UsersRepository } from '../users/index.ts'
import type { NotificationChannel, SendOutcome } from './channel.ts'
import type { ChannelName, Facts, Notification } from './notification.ts'
import type { Ended, NotificationsRepository } from './notifications.repository.ts'
import { quietUntil } from './quiet-hours.ts'
import type { ReachService } from './reach/reach.service.ts'
import type { SettingsRepository } from './settings/settings.repository.ts'
import {
  type AnyTemplate,
  type MessageContent,
  type NotificationTemplate,
  PRIORITIES,
  type TemplateCatalog,
} from './template.ts'

/** All that the notifications service may touch. */
export interface NotificationsScope {
  readonly clock: Clock
  readonly templates: TemplateCatalog
  readonly reach: Pick<ReachService, 'isReachable' | 'markBlocked'>
  readonly repos: {
    readonly notifications: NotificationsRepository
    readonly notificationSettings: SettingsRepository
    readonly users: Pick<UsersRepository, 'getById'>
  }
}

/** About whom and what a notification is. */
export interface Occasion {
  readonly userId: string
  /** Names what it is about, such as a day or an event's id: nobody hears of it twice. */
  readonly occasion: string
  /** Not before this instant. [at once] */
  readonly at?: Date
}

/** The channels of a process, by name. */
export type Channels = Partial<Readonly<Record<ChannelName, NotificationChannel>>>

const BATCH = 10
/** Longer than any channel takes. */
const LEASE_MS = 30_000
const BACKOFF_MS = 2_000
const BACKOFF_MAX_MS = 3_600_000

/** Tells people things, once each, when and how they want to be told. */
export class NotificationsService {
  readonly #scope: NotificationsScope

  constructor(scope: NotificationsScope) {
    this.#scope = scope
  }

  /**
   * Has somebody told something, within seconds or at an instant; call it in the transaction of what
   * it tells of. False when they are told of this occasion already: repeating it is harmless.
   *
   * @throws {@link TemplateUnknown} when the app does not declare the template
   * @example
   * await tx.notifications.send(orderShipped, { title }, { userId, occasion: order.id })
   */
  async send<Filled extends Facts>(
    template: NotificationTemplate<Filled>,
    facts: Filled,
    occasion: Occasion,
  ): Promise<boolean> {
    return (await this.sendMany(template, [{ ...occasion, facts }])) === 1
  }

  /**
   * Has many people told something, in one statement; gives how many were not told already.
   *
   * @throws {@link TemplateUnknown}
   */
  sendMany<Filled extends Facts>(
    template: Pick<NotificationTemplate<Filled>, 'id' | 'schema'>,
    people: readonly (Occasion & { readonly facts: Filled })[],
  ): Promise<number> {
    const { id, priority, validMs } = this.#scope.templates.get(template.id)
    const createdAt = this.#scope.clock.now()
    return this.#scope.repos.notifications.insertNew(
      people.map(({ userId, occasion, facts, at = createdAt }) => ({
        id: newId(),
        userId,
        template: id,
        occasion,
        facts: template.schema.parse(facts),
        status: 'due' as const,
        rank: PRIORITIES.indexOf(priority),
        dueAt: at,
        expiresAt: addMs(at, validMs),
        createdAt,
      })),
    )
  }

  /**
   * Sends a batch of what is due and gives how many were taken in hand. A process that is killed
   * meanwhile leaves them `unknown`: what may have arrived is not sent again.
   *
   * Must not be called inside a transaction.
   */
  async sendDue(channels: Channels): Promise<number> {
    assertNoTransaction('notifications.sendDue')
    const { repos, clock, templates } = this.#scope
    const isRepeatable = ({ channels: names }: AnyTemplate): boolean =>
      names.every((name) => channels[name]?.isRepeatable)
    const repeatable = templates.list().filter(isRepeatable)
    const interrupted = await repos.notifications.endInterrupted(repeatable.map(({ id }) => id))
    const claim = { now: clock.now(), limit: BATCH, leaseMs: LEASE_MS }
    const claimed = await repos.notifications.claimDue(claim)
    await Promise.all(claimed.map((one) => this.#sendOne(one, channels)))
    return interrupted + claimed.length
  }

  /** When the next notification falls due, or null. */
  findNextDueAt(): Promise<Date | null> {
    return this.#scope.repos.notifications.findNextDueAt(this.#scope.clock.now())
  }

  async #sendOne(one: Notification, channels: Channels): Promise<void> {
    const { templates, repos, clock } = this.#scope
    const template = templates.find(one.template)
    if (!template) return this.#end(one, 'failed', 'no such template')
    const user = await repos.users.getById(one.userId)
    if (user.departedAt) return this.#end(one, 'skipped', 'departed')
    const language = languageOf(user)
    if (one.expiresAt <= clock.now()) return this.#end(one, 'skipped', 'late')
    if (!template.isFor({ kind: user.kind, language, createdAt: user.createdAt })) {
      return this.#end(one, 'skipped', 'audience')
    }
    let content: MessageContent
    try {
      content = template.write({ language, timeZone: user.timeZone }, one.facts)
    } catch {
      return this.#end(one, 'failed', 'the template could not be filled')
    }
    const message = { template, content, user }
    if (template.topic === null) {
      await this.#deliver(one, message, channels)
      return
    }
    if (!(await this.#isWelcome(one, template.topic, user))) return
    const share = { day: localDay(clock.now(), user.timeZone), max: templates.dailyMax }
    const settings = repos.notificationSettings
    if (!(await settings.takeShare(user.id, { ...share, at: clock.now() }))) {
      return this.#end(one, 'skipped', 'daily maximum')
    }
    // What is put off takes its share on the day of the next try.
    const isHeard = await this.#deliver(one, message, channels)
    if (!isHeard) await settings.giveShareBack(user.id, share.day)
  }

  /** Asks what the person wants; when it is not this, now, the notification is put off or ended. */
  async #isWelcome(one: Notification, topic: string, user: User): Promise<boolean> {
    const { repos, clock } = this.#scope
    const settings = repos.notificationSettings
    const now = clock.now()
    if ((await settings.listPreferences(user.id)).get(topic) === false) {
      await this.#end(one, 'skipped', 'turned off')
      return false
    }
    const quiet = await settings.findQuietHours(user.id)
    const dueAt = quiet && quietUntil(now, user.timeZone, quiet)
    if (dueAt) {
      if (dueAt >= one.expiresAt) await this.#end(one, 'skipped', 'quiet hours')
      else await repos.notifications.putOff(one.id, { dueAt, attempts: one.attempts })
      return false
    }
    return true
  }

  /** Sends by the first channel that leads to the person; false when they certainly heard nothing. */
  async #deliver(
    one: Notification,
    message: {
      readonly template: AnyTemplate
      readonly content: MessageContent
      readonly user: User
    },
    channels: Channels,
  ): Promise<boolean> {
    const { template, content, user } = message
    const { clock, repos, reach } = this.#scope
    let reason = 'no channel'
    for (const name of template.channels) {
      const channel = channels[name]
      if (!channel) continue
      if (name === 'telegram' && !(await reach.isReachable(user.id))) {
        reason = 'blocked'
        continue
      }
      const outcome = await channel.send({ ...content, id: one.id, template: template.id, user })
      switch (repeatedly(outcome, channel)) {
        case 'sent':
          await this.#end(one, 'sent', null, name)
          return true
        case 'unclear':
          await this.#end(one, 'unknown', reasonOf(outcome), name)
          return true
        case 'refused':
          await this.#end(one, 'failed', reasonOf(outcome), name)
          return false
        case 'later': {
          const waitMs = Math.max(waitOf(outcome), backoff(one.attempts))
          const dueAt = addMs(clock.now(), waitMs)
          await repos.notifications.putOff(one.id, { dueAt, attempts: one.attempts + 1 })
          return false
        }
        default:
          reason = reasonOf(outcome) ?? reason
          if (outcome.kind === 'unreachable' && outcome.isBlocked) {
            await reach.markBlocked([{ userId: user.id, reason }])
          }
      }
    }
    await this.#end(one, 'skipped', reason)
    return false
  }

  #end(
    { id }: Notification,
    status: Ended['status'],
    reason: string | null,
    channel: ChannelName | null = null,
  ): Promise<void> {
    const at = this.#scope.clock.now()
    return this.#scope.repos.notifications.end(id, { status, channel, reason, at })
  }
}

/** What may be repeated without harm is tried again when it is unclear. */
function repeatedly(
  { kind }: SendOutcome,
  { isRepeatable }: NotificationChannel,
): SendOutcome['kind'] {
  return kind === 'unclear' && isRepeatable ? 'later' : kind
}

function reasonOf(outcome: SendOutcome): string | null {
  return 'reason' in outcome ? outcome.reason : null
}

function waitOf(outcome: SendOutcome): number {
  return outcome.kind === 'later' ? (outcome.retryAfterMs ?? 0) : 0
}

function backoff(attempts: number): number {
  return Math.min(BACKOFF_MS * 2 ** attempts, BACKOFF_MAX_MS)
}
