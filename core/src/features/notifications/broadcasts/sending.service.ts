import { addMs, type Clock, languageOf } from '../../../kernel/index.ts'
import { assertNoTransaction, type Transactional } from '../../../platform/database/index.ts'
import type { OutboxRepository } from '../../../platform/outbox/index.ts'
import type { SendPace } from '../../../platform/telegram/index.ts'
import type { User, UsersRepository } from '../../users/index.ts'
import type { NotificationChannel, SendOutcome } from '../channel.ts'
import { type QuietHours, quietUntil } from '../quiet-hours.ts'
import type { ReachService } from '../reach/reach.service.ts'
import type { SettingsRepository } from '../settings/settings.repository.ts'
import { NEWS } from '../template.ts'
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
  readonly pace: Pick<SendPace, 'sliceOf' | 'waitForAll' | 'takeEach' | 'hold'>
}

/** What became of a slice. */
interface SliceEnd {
  readonly results: readonly RecipientResult[]
  readonly blocked: readonly { readonly userId: string; readonly reason: string }[]
  /** What went wrong on the way, and is told once the results are written. */
  readonly failures: readonly unknown[]
}

/** Slices under way at once; a killed process leaves so many, of at most 25, unknown. */
const LANES = 2
/** Longer than any call takes. */
const LEASE_MS = 20_000
/** Longest that a lane waits for leave; afterwards the next tick goes on. */
const WAIT_MAX_MS = 1_000
/** Who was not written to, and nobody says when to try again, waits so long. */
const RETRY_MS = 5_000

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
    const interrupted = await recipients.endInterrupted()
    for (const broadcast of await broadcasts.listRunning()) {
      const lanes = Array.from({ length: LANES }, () => this.#sendSlice(broadcast, sender))
      // One that fails must not leave others at work behind whoever asked for them.
      await Promise.allSettled(lanes)
      const taken = (await Promise.all(lanes)).reduce((sum, count) => sum + count, 0)
      if (taken > 0) return interrupted + taken
      await this.#finish(broadcast)
    }
    return interrupted
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
    const { repos, clock, reach } = this.#scope
    const { id } = broadcast
    const { pace } = sender
    if (!(await repos.recipients.isAnyDue(id, clock.now()))) return 0
    const mayCost = broadcast.paidMessages > broadcast.paidTaken
    const paid = mayCost ? await repos.broadcasts.takePaid(id, pace.sliceOf(true)) : 0
    const limit = paid || pace.sliceOf(false)
    const isPaid = paid > 0
    let unused = paid
    try {
      if ((await pace.waitForAll(limit, { isPaid, maxMs: WAIT_MAX_MS })) > 0) return 0
      const claim = { now: clock.now(), limit, leaseMs: LEASE_MS, isPaid }
      const claimed = await repos.recipients.claim(id, claim)
      if (claimed.length === 0) return 0
      unused -= claimed.length
      const slice = { ...sender, isPaid }
      const { results, blocked, failures } = await this.#sendAll(broadcast, claimed, slice)
      await repos.recipients.record(id, results, clock.now())
      unused += results.filter(isFree).length
      await reach.markBlocked(blocked)
      if (failures.length > 0) throw failures[0]
      return claimed.length
    } finally {
      if (isPaid) await repos.broadcasts.giveBackPaid(id, unused)
    }
  }

  /** Writes to those of a slice who want it now; whoever was not called waits, whatever went wrong. */
  async #sendAll(
    broadcast: Broadcast,
    userIds: readonly string[],
    { channel, pace, isPaid }: BroadcastSender & { readonly isPaid: boolean },
  ): Promise<SliceEnd> {
    const now = this.#scope.clock.now()
    const { id, texts, buttons } = broadcast
    const outcomes = new Map<string, SendOutcome>()
    const failures: unknown[] = []
    const call = async (user: User): Promise<void> => {
      // Until it is known better: it may have arrived.
      outcomes.set(user.id, { kind: 'unclear', reason: 'the call failed' })
      const outcome = await channel.send({
        ...{ id, template: 'broadcast', title: '', text: textFor(texts, languageOf(user)) },
        ...{ user, buttons, isPaid },
      })
      outcomes.set(user.id, outcome)
      if (outcome.kind === 'later' && outcome.retryAfterMs) await pace.hold(outcome.retryAfterMs)
    }
    try {
      const ready = await this.#listReady(userIds, { now, pace, outcomes })
      // The last thing that is waited for: from here on all calls begin at once.
      if (await this.#scope.repos.broadcasts.isRunning(id)) {
        const calls = ready.map((user) => call(user).catch((error) => failures.push(error)))
        await Promise.all(calls)
      }
    } catch (error) {
      failures.push(error)
    }
    const results = userIds.map((userId) => {
      const outcome = outcomes.get(userId) ?? { kind: 'later', reason: 'not called' }
      return { userId, ...readOutcome(outcome, now) }
    })
    const blocked = [...outcomes].flatMap(([userId, outcome]) =>
      outcome.kind === 'unreachable' && outcome.isBlocked
        ? [{ userId, reason: outcome.reason }]
        : [],
    )
    return { results, blocked, failures }
  }

  /** Those of a slice whom the bot may write to now; notes of the others why not. */
  async #listReady(
    userIds: readonly string[],
    slice: Pick<BroadcastSender, 'pace'> & {
      readonly now: Date
      readonly outcomes: Map<string, SendOutcome>
    },
  ): Promise<User[]> {
    const { now, pace, outcomes } = slice
    const { notificationSettings: settings, users } = this.#scope.repos
    const quietHours = await settings.listQuietHours(userIds)
    const turnedOff = await settings.listTurnedOff(userIds, NEWS.id)
    const willing = (await users.getByIds(userIds)).filter((user) => {
      const wishes = { quiet: quietHours.get(user.id), isTurnedOff: turnedOff.has(user.id) }
      const refusal = refusalOf(user, wishes, now)
      if (refusal) outcomes.set(user.id, refusal)
      return refusal === undefined
    })
    const leaves = await pace.takeEach(willing.map(({ telegramId }) => String(telegramId)))
    return willing.filter(({ id }, place) => {
      const { isAllowed = false, retryAfterMs = RETRY_MS } = leaves[place] ?? {}
      if (!isAllowed) outcomes.set(id, { kind: 'later', reason: 'the chat’s pace', retryAfterMs })
      return isAllowed
    })
  }
}

/** Why somebody is not written to now; what they want may have changed since the broadcast began. */
function refusalOf(
  { telegramId, timeZone }: User,
  wishes: { readonly quiet: QuietHours | undefined; readonly isTurnedOff: boolean },
  now: Date,
): SendOutcome | undefined {
  if (telegramId === null) return { kind: 'unreachable', reason: 'not on Telegram' }
  if (wishes.isTurnedOff) return { kind: 'unreachable', reason: 'turned off' }
  const until = wishes.quiet && quietUntil(now, timeZone, wishes.quiet)
  if (!until) return undefined
  return { kind: 'later', reason: 'quiet hours', retryAfterMs: until.getTime() - now.getTime() }
}

/** Telegram takes nothing for it. */
function isFree({ status }: RecipientResult): boolean {
  return status !== 'sent' && status !== 'unknown'
}

function readOutcome(outcome: SendOutcome, now: Date): Omit<RecipientResult, 'userId'> {
  switch (outcome.kind) {
    case 'sent':
      return { status: 'sent', reason: null, dueAt: now }
    case 'later':
      return {
        status: 'pending',
        reason: null,
        dueAt: addMs(now, outcome.retryAfterMs ?? RETRY_MS),
      }
    case 'unclear':
      return { status: 'unknown', reason: outcome.reason, dueAt: now }
    case 'unreachable':
      return { status: 'skipped', reason: outcome.reason, dueAt: now }
    case 'refused':
      return { status: 'failed', reason: outcome.reason, dueAt: now }
  }
}
