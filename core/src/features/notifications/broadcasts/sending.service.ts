import { addMs, type Clock, languageOf } from '../../../kernel/index.ts'
import { assertNoTransaction, type Transactional } from '../../../platform/database/index.ts'
import type { OutboxRepository } from '../../../platform/outbox/index.ts'
import type { SendPace } from '../../../platform/telegram/index.ts'
import type { User, UsersRepository } from '../../users/index.ts'
import type { NotificationChannel, SendOutcome } from '../channel.ts'
import { quietUntil } from '../quiet-hours.ts'
import type { ReachService } from '../reach/reach.service.ts'
import type { SettingsRepository } from '../settings/settings.repository.ts'
import { type Broadcast, textFor } from './broadcast.ts'
import { broadcastFinished } from './broadcasts.events.ts'
import type { BroadcastsRepository } from './broadcasts.repository.ts'
import type { RecipientResult, RecipientsRepository } from './recipients.repository.ts'

/** All that sending broadcasts may touch. */
export interface SendingScope extends Transactional<SendingScope> {
  readonly clock: Clock
  readonly reach: Pick<ReachService, 'markBlocked'>
  readonly repos: {
    readonly broadcasts: BroadcastsRepository
    readonly notificationSettings: SettingsRepository
    readonly outbox: OutboxRepository
    readonly recipients: RecipientsRepository
    readonly users: Pick<UsersRepository, 'getByIds'>
  }
}

/** How a process sends broadcasts. */
export interface BroadcastSender {
  /** Telegram, without a pace of its own: leave is asked for here, before anybody is marked. */
  readonly channel: NotificationChannel
  readonly pace: Pick<SendPace, 'sliceOf' | 'waitForAll' | 'takeChat' | 'hold'>
}

/** Slices under way at once; a killed process leaves so many, of at most 25, unknown. */
const LANES = 2
/** Longer than any call takes. */
const LEASE_MS = 20_000
/** Longest that a lane waits for leave; afterwards the next tick goes on. */
const WAIT_MAX_MS = 1_000

/** Sends what is started, a slice at a time, in any number of processes at once. */
export class SendingService {
  readonly #scope: SendingScope

  constructor(scope: SendingScope) {
    this.#scope = scope
  }

  /**
   * Sends a few slices of the broadcast that started first, and gives how many people were taken in
   * hand. Who is written to is marked first, and that is committed: what a killed process leaves so
   * becomes `unknown` and is not sent again.
   *
   * Must not be called inside a transaction.
   */
  async sendDue(sender: BroadcastSender): Promise<number> {
    assertNoTransaction('broadcastSending.sendDue')
    const { broadcasts, recipients } = this.#scope.repos
    for (const broadcast of await broadcasts.listRunning()) {
      const interrupted = await recipients.endInterrupted(broadcast.id)
      const lanes = Array.from({ length: LANES }, () => this.#sendSlice(broadcast, sender))
      const taken = (await Promise.all(lanes)).reduce((sum, count) => sum + count, interrupted)
      if (taken > 0) return taken
      await this.#finish(broadcast)
    }
    return 0
  }

  /** When somebody falls due, or null. */
  findNextDueAt(): Promise<Date | null> {
    return this.#scope.repos.recipients.findNextDueAt(this.#scope.clock.now())
  }

  async #finish({ id }: Broadcast): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      const occurredAt = tx.clock.now()
      if (!(await tx.repos.broadcasts.finish(id, occurredAt))) return
      const facts = { occurredAt, subjectId: id, payload: { broadcastId: id } }
      await tx.repos.outbox.add(broadcastFinished.create(facts))
    })
  }

  async #sendSlice(broadcast: Broadcast, sender: BroadcastSender): Promise<number> {
    const { repos, clock } = this.#scope
    const { id } = broadcast
    const { pace } = sender
    if (!(await repos.recipients.isAnyDue(id, clock.now()))) return 0
    const mayCost = broadcast.paidMessages > broadcast.paidTaken
    const paid = mayCost ? await repos.broadcasts.takePaid(id, pace.sliceOf(true)) : 0
    const limit = paid || pace.sliceOf(false)
    const isPaid = paid > 0
    const waitMs = await pace.waitForAll(limit, { isPaid, maxMs: WAIT_MAX_MS })
    const claimed =
      waitMs === 0
        ? await repos.recipients.claim(id, {
            ...{ now: clock.now(), limit, leaseMs: LEASE_MS, isPaid },
          })
        : []
    const results = await this.#sendAll(broadcast, claimed, { ...sender, isPaid })
    if (claimed.length > 0) await repos.recipients.record(id, results, clock.now())
    const isFree = ({ status }: RecipientResult): boolean =>
      status !== 'sent' && status !== 'unknown'
    const unused = paid - claimed.length + results.filter(isFree).length
    if (isPaid) await repos.broadcasts.giveBackPaid(id, unused)
    return claimed.length
  }

  async #sendAll(
    broadcast: Broadcast,
    userIds: readonly string[],
    sender: BroadcastSender & { readonly isPaid: boolean },
  ): Promise<RecipientResult[]> {
    if (userIds.length === 0) return []
    const { repos, reach } = this.#scope
    const quiet = await repos.notificationSettings.listQuietHours(userIds)
    const people = await repos.users.getByIds(userIds)
    const blocked: { userId: string; reason: string }[] = []
    const results = await Promise.all(
      people.map(async (user): Promise<RecipientResult> => {
        const now = this.#scope.clock.now()
        const hours = quiet.get(user.id)
        const until = hours && quietUntil(now, user.timeZone, hours)
        if (until) return { userId: user.id, status: 'pending', reason: null, dueAt: until }
        const outcome = await sendOne(broadcast, user, sender)
        if (outcome.kind === 'unreachable' && outcome.isBlocked) {
          blocked.push({ userId: user.id, reason: outcome.reason })
        }
        return { userId: user.id, ...readOutcome(outcome, now) }
      }),
    )
    await reach.markBlocked(blocked)
    return results
  }
}

async function sendOne(
  { id, texts, buttons }: Broadcast,
  user: User,
  { channel, pace, isPaid }: BroadcastSender & { readonly isPaid: boolean },
): Promise<SendOutcome> {
  if (user.telegramId === null) return { kind: 'unreachable', reason: 'not on Telegram' }
  const leave = await pace.takeChat(String(user.telegramId))
  if (!leave.isAllowed) {
    return { kind: 'later', reason: 'the chat’s pace', retryAfterMs: leave.retryAfterMs }
  }
  const outcome = await channel.send({
    ...{ id, template: 'broadcast', title: '', text: textFor(texts, languageOf(user)) },
    ...{ user, buttons, isPaid },
  })
  if (outcome.kind === 'later' && outcome.retryAfterMs) await pace.hold(outcome.retryAfterMs)
  return outcome
}

function readOutcome(outcome: SendOutcome, now: Date): Omit<RecipientResult, 'userId'> {
  switch (outcome.kind) {
    case 'sent':
      return { status: 'sent', reason: null, dueAt: now }
    case 'later':
      return { status: 'pending', reason: null, dueAt: addMs(now, outcome.retryAfterMs ?? 0) }
    case 'unclear':
      return { status: 'unknown', reason: outcome.reason, dueAt: now }
    case 'unreachable':
      return { status: 'skipped', reason: outcome.reason, dueAt: now }
    case 'refused':
      return { status: 'failed', reason: outcome.reason, dueAt: now }
  }
}
