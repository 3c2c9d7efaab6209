import type { Clock, Page, PageRequest } from '../../../kernel/index.ts'
import type { Transactional } from '../../../platform/database/index.ts'
import type { EventDefinition, OutboxRepository } from '../../../platform/outbox/index.ts'
import type { AuditRepository } from '../../audit/index.ts'
import type { TemplateCatalog } from '../template.ts'
import {
  type AudienceCount,
  type Broadcast,
  type BroadcastAudience,
  type BroadcastButtons,
  type BroadcastProgress,
  type BroadcastTexts,
  PAID_MESSAGES_PER_STAR,
} from './broadcast.ts'
import { BroadcastEnded, PaidTooMuch } from './broadcasts.errors.ts'
import { broadcastCanceled, broadcastStarted } from './broadcasts.events.ts'
import type { BroadcastsRepository } from './broadcasts.repository.ts'
import type { RecipientsRepository } from './recipients.repository.ts'

/** All that the broadcasts service may touch. */
export interface BroadcastsScope extends Transactional<BroadcastsScope> {
  readonly clock: Clock
  readonly templates: Pick<TemplateCatalog, 'paidBroadcastStarsMax'>
  readonly repos: {
    readonly audit: Pick<AuditRepository, 'insert'>
    readonly broadcasts: BroadcastsRepository
    readonly outbox: OutboxRepository
    readonly recipients: RecipientsRepository
  }
}

/** What is to be said to whom. */
export interface NewBroadcast {
  /** Idempotency key: the same id gives the first draft again. */
  readonly id: string
  readonly texts: BroadcastTexts
  /** [none] */
  readonly buttons?: BroadcastButtons | undefined
  /** [everybody on Telegram] */
  readonly audience?: BroadcastAudience | undefined
  /** Stars that it may cost to send more than 30 messages a second. [0, which is slow and free] */
  readonly paidStars?: number | undefined
  /** Who asks, as the audit names them. */
  readonly actor: string
}

/** Messages to many people: drafted, counted, started, watched, and stopped at any time. */
export class BroadcastsService {
  readonly #scope: BroadcastsScope

  constructor(scope: BroadcastsScope) {
    this.#scope = scope
  }

  /**
   * Writes a draft; nobody gets anything yet.
   *
   * @throws {@link PaidTooMuch}
   * @example
   * const draft = await services.broadcasts.draft({ id, texts: { en, ru }, actor: owner.id })
   * const { recipients } = await services.broadcasts.preview(draft.id)
   * await services.broadcasts.start(draft.id, owner.id)
   */
  async draft(input: NewBroadcast): Promise<Broadcast> {
    const { id, texts, buttons = [], audience = {}, paidStars = 0, actor } = input
    const starsMax = this.#scope.templates.paidBroadcastStarsMax
    if (paidStars > starsMax) throw new PaidTooMuch({ stars: paidStars, starsMax })
    return this.#scope.transaction(async (tx) => {
      const known = await tx.repos.broadcasts.findById(id)
      if (known) return known
      await note(tx, {
        actor,
        id,
        action: 'broadcast.drafted',
        facts: { paidStars: String(paidStars) },
      })
      return tx.repos.broadcasts.insert({
        ...{ id, status: 'draft', texts, buttons, audience, createdAt: tx.clock.now() },
        paidMessages: paidStars * PAID_MESSAGES_PER_STAR,
      })
    })
  }

  /**
   * How many people it is for, as they are now.
   *
   * @throws {@link NotFound}
   */
  async preview(id: string): Promise<AudienceCount> {
    const { audience } = await this.#scope.repos.broadcasts.getById(id)
    return this.#scope.repos.broadcasts.countAudience(audience, this.#scope.clock.now())
  }

  /**
   * Starts a draft: from now on it is fast who gets it. Harmless to repeat.
   *
   * @throws {@link NotFound} {@link BroadcastEnded} when it was canceled
   */
  start(id: string, actor: string): Promise<Broadcast> {
    return this.#scope.transaction(async (tx) => {
      const { broadcasts } = tx.repos
      const at = tx.clock.now()
      const started = await broadcasts.start(id, at)
      if (!started) {
        const known = await broadcasts.getById(id)
        if (known.status !== 'canceled') return known
        throw new BroadcastEnded({ broadcastId: id, status: known.status })
      }
      await broadcasts.takeSnapshot(started, at)
      await note(tx, { actor, id, action: 'broadcast.started', facts: {} })
      await announce(tx, broadcastStarted, id)
      return started
    })
  }

  /**
   * Stops it for good; calls to Telegram that are under way still go out, and none after them. Harmless
   * to repeat, and too late for one that is finished.
   *
   * @throws {@link NotFound}
   */
  async cancel(id: string, actor: string): Promise<Broadcast> {
    const canceled = await this.#scope.transaction(async (tx) => {
      const stopped = await tx.repos.broadcasts.cancel(id, tx.clock.now())
      if (!stopped) return tx.repos.broadcasts.getById(id)
      await note(tx, { actor, id, action: 'broadcast.canceled', facts: {} })
      await announce(tx, broadcastCanceled, id)
      return stopped
    })
    // Apart, so that many rows do not hold up the word that stops the senders.
    if (canceled.status === 'canceled') await this.#scope.repos.recipients.skipPending(id)
    return canceled
  }

  /**
   * Reads one.
   *
   * @throws {@link NotFound}
   */
  get(id: string): Promise<Broadcast> {
    return this.#scope.repos.broadcasts.getById(id)
  }

  /** How far one is. */
  progress(id: string): Promise<BroadcastProgress> {
    return this.#scope.repos.recipients.readProgress(id)
  }

  /** All of them, newest first. */
  list(request: PageRequest = {}): Promise<Page<Broadcast>> {
    return this.#scope.repos.broadcasts.listNewest(request)
  }
}

function note(
  tx: BroadcastsScope,
  entry: {
    readonly actor: string
    readonly id: string
    readonly action: string
    readonly facts: Readonly<Record<string, string>>
  },
): Promise<void> {
  const { actor, id, action, facts } = entry
  const subject = `broadcast:${id}`
  return tx.repos.audit.insert({ actor, action, subject, facts, createdAt: tx.clock.now() })
}

function announce(
  tx: BroadcastsScope,
  event: EventDefinition<{ broadcastId: string }>,
  id: string,
): Promise<void> {
  const facts = { occurredAt: tx.clock.now(), subjectId: id, payload: { broadcastId: id } }
  return tx.repos.outbox.add(event.create(facts))
}
