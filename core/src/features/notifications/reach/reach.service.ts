import type { Clock } from '../../../kernel/index.ts'
import type { Transactional } from '../../../platform/database/index.ts'
import type { OutboxRepository } from '../../../platform/outbox/index.ts'
import type { UsersRepository } from '../../users/index.ts'
import { userBotBlocked, userBotUnblocked } from '../notifications.events.ts'
import type { ReachRepository } from './reach.repository.ts'

/** All that the service of reach may touch. */
export interface ReachScope extends Transactional<ReachScope> {
  readonly clock: Clock
  readonly repos: {
    readonly outbox: OutboxRepository
    readonly reach: ReachRepository
    readonly users: Pick<UsersRepository, 'findByTelegramId'>
  }
}

/** Whom the bot can write to: who blocked it is left alone until they come back. */
export class ReachService {
  readonly #scope: ReachScope

  constructor(scope: ReachScope) {
    this.#scope = scope
  }

  /** Tells whether the bot can write to somebody, as far as is known. */
  async isReachable(userId: string): Promise<boolean> {
    return (await this.#scope.repos.reach.find(userId)) === undefined
  }

  /**
   * Marks people whom Telegram refused to write to, with its words. Harmless to repeat.
   *
   * @example
   * await services.reach.markBlocked([{ userId, reason: 'bot was blocked by the user' }])
   */
  async markBlocked(
    people: readonly { readonly userId: string; readonly reason: string }[],
  ): Promise<void> {
    if (people.length === 0) return
    await this.#scope.transaction(async (tx) => {
      const occurredAt = tx.clock.now()
      for (const { userId, reason } of await tx.repos.reach.insert(people, occurredAt)) {
        await tx.repos.outbox.add(
          userBotBlocked.create({ occurredAt, subjectId: userId, payload: { userId, reason } }),
        )
      }
    })
  }

  /** Marks the person with a Telegram identity, if they were ever seen here. */
  async heardBlocked(telegramId: bigint, reason: string): Promise<void> {
    const user = await this.#scope.repos.users.findByTelegramId(telegramId)
    if (user) await this.markBlocked([{ userId: user.id, reason }])
  }

  /** Takes the mark from somebody who wrote to the bot or let it write again. */
  async heardFrom(telegramId: bigint): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      const userId = await tx.repos.reach.removeByTelegramId(telegramId)
      if (!userId) return
      await tx.repos.outbox.add(
        userBotUnblocked.create({
          occurredAt: tx.clock.now(),
          subjectId: userId,
          payload: { userId },
        }),
      )
    })
  }
}
