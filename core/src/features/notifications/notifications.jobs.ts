import { type DueWork, type EventSubscription, subscribe } from '../../platform/jobs/index.ts'
import type { DomainEvent, EventDefinition } from '../../platform/outbox/index.ts'
import type { Facts } from './notification.ts'
import type { Channels, NotificationsService } from './notifications.service.ts'
import { defineSlot, type Slot } from './slots/slot.ts'
import type { SlotsService } from './slots/slots.service.ts'
import type { NotificationTemplate } from './template.ts'

interface Scope {
  readonly notifications: Pick<NotificationsService, 'send' | 'sendDue' | 'findNextDueAt'>
}

/**
 * Sends what is due by the channels of this process.
 *
 * @example
 * const work = sendDueNotifications({ telegram: telegramChannel(bot.api) })
 */
export function sendDueNotifications(channels: Channels): DueWork<Scope> {
  return {
    name: 'notifications.send_due',
    everyMs: 1_000,
    nextDueAt: ({ notifications }) => notifications.findNextDueAt(),
    runDue: ({ notifications }) => notifications.sendDue(channels),
  }
}

/**
 * Tells the person whom an event is about; the event's id is the occasion.
 *
 * @example
 * const told = notifyOn(orderShipped, {
 *   template: shipped,
 *   consumer: 'shop.tell_shipped',
 *   facts: (_tx, { payload }) => ({ title: payload.title }),
 * })
 */
export function notifyOn<Tx extends Scope, Payload, Filled extends Facts>(
  event: EventDefinition<Payload>,
  options: {
    readonly template: NotificationTemplate<Filled>
    /** `<feature>.<imperative>`, such as `shop.tell_shipped`. */
    readonly consumer: string
    /** What the template is filled with; null when there is nothing to tell. */
    readonly facts: (tx: Tx, event: DomainEvent<Payload>) => Filled | null | Promise<Filled | null>
  },
): EventSubscription<Tx> {
  const { template, consumer, facts } = options
  return subscribe({
    event,
    consumer,
    async handle(tx: Tx, happened) {
      const filled = await facts(tx, happened)
      if (!happened.userId || !filled) return
      await tx.notifications.send(template, filled, {
        userId: happened.userId,
        occasion: happened.id,
      })
    },
  })
}

/**
 * Tells people things at an hour of their own day.
 *
 * @example
 * const work = notifySlots([streakSlot({ template, hour: 20 })])
 */
export function notifySlots<Tx extends { readonly notificationSlots: SlotsService }>(
  slots: readonly Slot<Tx>[],
): DueWork<Tx> {
  return {
    name: 'notifications.tick_slots',
    everyMs: 60_000,
    nextDueAt: (services) => services.notificationSlots.findNextAt(services, slots),
    runDue: async (services) => (await services.notificationSlots.tick(services, slots)).people,
  }
}

interface ReminderScope {
  readonly notificationSlots: Pick<SlotsService, 'listNew' | 'listStreaksEnding' | 'listInactive'>
}

/** Tells people something on the day after they came for the first time. */
export function newcomerSlot(options: {
  readonly template: NotificationTemplate<Record<string, never>>
  readonly hour: number
}): Slot<ReminderScope> {
  return defineSlot({
    ...options,
    id: options.template.id,
    find: ({ notificationSlots }: ReminderScope, query) => notificationSlots.listNew(query),
  })
}

/** Reminds people of a streak that ends tonight unless they come. */
export function streakSlot(options: {
  readonly template: NotificationTemplate<{ readonly days: number }>
  readonly hour: number
}): Slot<ReminderScope> {
  return defineSlot({
    ...options,
    id: options.template.id,
    find: ({ notificationSlots }: ReminderScope, query) =>
      notificationSlots.listStreaksEnding(query),
  })
}

/** Reminds people who have not come for so many days, once. */
export function inactiveSlot(options: {
  readonly template: NotificationTemplate<{ readonly days: number }>
  readonly hour: number
  readonly days: number
}): Slot<ReminderScope> {
  const { days, ...rest } = options
  return defineSlot({
    ...rest,
    id: `${options.template.id}:${days}`,
    find: ({ notificationSlots }: ReminderScope, query) =>
      notificationSlots.listInactive(query, days),
  })
}
