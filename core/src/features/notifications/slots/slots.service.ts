import {
  addDays,
  addMs,
  type Clock,
  DAY_MS,
  localDay,
  STREAK_DAY_START_HOUR,
} from '../../../kernel/index.ts'
import type { Transactional } from '../../../platform/database/index.ts'
import type { NotificationsService } from '../notifications.service.ts'
import { nextSlotAt, type Slot, type SlotQuery, slotDay } from './slot.ts'
import type { SlotsRepository } from './slots.repository.ts'

/** All that the service of slots may touch. */
export interface SlotsScope extends Transactional<SlotsScope> {
  readonly clock: Clock
  readonly notifications: Pick<NotificationsService, 'sendMany'>
  readonly repos: { readonly notificationSlots: SlotsRepository }
}

const PAGE = 200
const HOUR_MS = 3_600_000
/** How far ahead {@link SlotsService.findNextAt} looks for somebody to tell. */
const DAYS_AHEAD = 7

/** Tells people things at an hour of their own day. */
export class SlotsService {
  readonly #scope: SlotsScope

  constructor(scope: SlotsScope) {
    this.#scope = scope
  }

  /**
   * Goes through a page of people of each time zone in which it is a slot's hour, and gives how many
   * were told something new. Two ticks at once, or twice in the hour, tell nobody twice: how far a
   * zone is stands in its row, and so does that its day is done.
   *
   * An hour that passes while nobody ticks is left out: what it would have said is no longer true.
   */
  async tick<Scope>(services: Scope, slots: readonly Slot<Scope>[]): Promise<SlotsTicked> {
    const now = this.#scope.clock.now()
    let people = 0
    let told = 0
    for (const timeZone of await this.#scope.repos.notificationSlots.listTimeZones()) {
      for (const slot of slots) {
        const day = slotDay(now, timeZone, slot.hour)
        if (day === undefined) continue
        const page = await this.#page(services, slot, { timeZone, day })
        people += page.people
        told += page.told
      }
    }
    return { people, told }
  }

  /**
   * When a slot begins next that has somebody to tell, as far as is known today: at the latest
   * the one after a week in which it has nobody. Null when there is no slot, or nobody at all.
   */
  async findNextAt<Scope>(services: Scope, slots: readonly Slot<Scope>[]): Promise<Date | null> {
    let next: Date | null = null
    for (const timeZone of await this.#scope.repos.notificationSlots.listTimeZones()) {
      for (const slot of slots) {
        let at = await this.#nextStart(slot, timeZone)
        for (let days = 0; days < DAYS_AHEAD && (next === null || at < next); days++) {
          const day = localDay(at, timeZone)
          const query = { at, timeZone, day, after: null, limit: 1 }
          if ((await slot.find(services, query)).length > 0) break
          at = nextSlotAt(addMs(at, HOUR_MS), timeZone, slot.hour)
        }
        if (next === null || at < next) next = at
      }
    }
    return next
  }

  async #nextStart({ id, hour }: { id: string; hour: number }, timeZone: string): Promise<Date> {
    const now = this.#scope.clock.now()
    const day = slotDay(now, timeZone, hour)
    const isDone =
      day !== undefined &&
      (await this.#scope.repos.notificationSlots.isEnded({ slot: id, timeZone, day }))
    return nextSlotAt(isDone ? addMs(now, HOUR_MS) : now, timeZone, hour)
  }

  async #page<Scope>(
    services: Scope,
    slot: Slot<Scope>,
    { timeZone, day }: { readonly timeZone: string; readonly day: string },
  ): Promise<SlotsTicked> {
    const nobody = { people: 0, told: 0 }
    const key = { slot: slot.id, timeZone, day }
    const open = await this.#scope.repos.notificationSlots.open(key)
    if (!open) return nobody
    // Before the transaction: the question may need a connection of its own.
    const at = this.#scope.clock.now()
    const people = await slot.find(services, { at, timeZone, day, after: open.after, limit: PAGE })
    return this.#scope.transaction(async (tx) => {
      const { notificationSlots } = tx.repos
      const isLast = people.length < PAGE
      const isMine = await notificationSlots.advance(key, open.after, {
        after: people.at(-1)?.userId ?? open.after,
        endedAt: isLast ? tx.clock.now() : null,
      })
      if (!isMine) return nobody
      const told = await tx.notifications.sendMany(
        slot.template,
        people.map(({ userId, facts, occasion = `${slot.id}:${day}` }) => ({
          ...{ userId, facts, occasion },
        })),
      )
      if (isLast) await notificationSlots.removeBefore(addDays(day, -7))
      return { people: people.length, told }
    })
  }

  /** People of a zone whose streak ends with the next night unless they come. */
  async listStreaksEnding({ at, day: _, ...rest }: SlotQuery) {
    // Not the date on the calendar: until five it is the day before that they may still come on.
    const today = localDay(at, rest.timeZone, STREAK_DAY_START_HOUR)
    const found = await this.#scope.repos.notificationSlots.listStreaksEnding({
      ...rest,
      lastDay: addDays(today, -1),
    })
    return found.map(({ userId, days }) => ({ userId, facts: { days } }))
  }

  /** People of a zone who came for the first time about a day ago. */
  async listNew({ at, day: _, ...rest }: SlotQuery) {
    const found = await this.#scope.repos.notificationSlots.listCreated({
      ...rest,
      ...about(at, 1),
    })
    return found.map(({ userId, since }) => ({ userId, facts: {}, occasion: since }))
  }

  /** People of a zone who came last about so many days ago. */
  async listInactive({ at, day: _, ...rest }: SlotQuery, days: number) {
    const found = await this.#scope.repos.notificationSlots.listLastSeen({
      ...rest,
      ...about(at, days),
    })
    return found.map(({ userId, since }) => ({ userId, facts: { days }, occasion: since }))
  }
}

/** Half a day around the instant so many days before, and an hour more: some days change the clock. */
function about(at: Date, days: number): { readonly from: Date; readonly until: Date } {
  const until = addMs(at, DAY_MS / 2 - days * DAY_MS)
  return { from: addMs(until, -DAY_MS - HOUR_MS), until }
}

/** What a tick did. */
export interface SlotsTicked {
  /** People who were gone through. */
  readonly people: number
  /** Those of them who were told something new. */
  readonly told: number
}
