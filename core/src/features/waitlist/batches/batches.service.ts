import { addMs, DAY_MS, newId, type Page, type PageRequest } from '../../../kernel/index.ts'
import type { Invitation } from '../../invites/index.ts'
import type { Entry } from '../entry.ts'
import { sendWaitlistMail } from '../messages/messages.jobs.ts'
import { BatchDiffers, InviteEnded } from '../waitlist.errors.ts'
import { waitlistLapsed, waitlistRequeued } from '../waitlist.events.ts'
import {
  type Batch,
  batchNameAt,
  checkBatch,
  type GeneratedBatch,
  type NewBatch,
  REQUEUES_MAX,
} from './batch.ts'
import type { CodeFilter, IssuedCode } from './batches.repository.ts'
import type { BatchesScope } from './batches.scope.ts'
import { issueBatch, tellInvited } from './issue-batch.ts'
import { waitlistPlan } from './plan.ts'

const DUE_BATCH = 100
const HOUR_MS = 3_600_000

/** Batches: the next of the waitlist are invited, as far as the gate allows. */
export class BatchesService {
  readonly #scope: BatchesScope

  constructor(scope: BatchesScope) {
    this.#scope = scope
  }

  /**
   * Invites the next people of the queue, each by a code that is bound to them and good for a week.
   * One batch at a time is made, so two at once invite nobody twice; a batch that is there already is
   * given as it is. A slowed gate lets half of it through.
   *
   * Emits `batch.generated`, and `waitlist.invited` for each person; writes an audit entry.
   *
   * @throws {@link GateClosed} with the reasons
   * @throws {@link BatchDiffers} when the batch was made with another size
   * @throws {@link InvalidValue}
   * @example
   * const { codes } = await services.batches.generate({ size: 50, batchId: 'monday', actor: 'admin' })
   */
  async generate(request: NewBatch): Promise<GeneratedBatch> {
    const { size, batchId: name = batchNameAt(this.#scope.clock.now(), 'BATCH') } = request
    checkBatch({ size, name })
    return this.#scope.transaction(async (tx) => {
      await tx.repos.waitlistBatches.lock()
      const known = await tx.repos.waitlistBatches.findByName(name)
      if (known) {
        if (known.requested !== size) throw new BatchDiffers({ size: known.requested })
        return { batch: known, codes: await tx.repos.waitlistBatches.listBatchCodes(known.id) }
      }
      const gate = await tx.quality.requireIssuing()
      return issueBatch(tx, { ...request, name, gate, isPlanned: false })
    })
  }

  /** Batches, newest first; runs of the plan that the gate refused are among them. */
  list(request: PageRequest = {}): Promise<Page<Batch>> {
    return this.#scope.repos.waitlistBatches.listNewest(request)
  }

  /** Codes of batches and what became of them, newest first. */
  codes(filter: CodeFilter = {}, request: PageRequest = {}): Promise<Page<IssuedCode>> {
    return this.#scope.repos.waitlistBatches.listCodes(filter, request)
  }

  /**
   * Takes a code back. Whom it was bound to is not invited again unless they join again. Emits
   * `waitlist.lapsed`; writes an audit entry.
   *
   * @throws {@link InvitationNotFound}
   * @throws {@link InvalidValue}
   */
  async revoke(
    code: string,
    { actor, reason }: { readonly actor: string; readonly reason: string },
  ): Promise<Invitation> {
    return this.#scope.transaction(async (tx) => {
      const invitation = await tx.invites.revoke({ code, by: actor, reason })
      const entryId = invitation.recipient
      const { waitlistBatches, waitlistEntries, audit } = tx.repos
      const invite = await waitlistBatches.findByInvitation(invitation.id)
      const at = tx.clock.now()
      if (entryId !== null && invite) {
        const ended = await waitlistBatches.end([entryId], { outcome: 'revoked', at })
        await tell(tx, await waitlistEntries.lapse(ended), 'revoked')
      }
      await audit.insert({
        ...{ actor, action: 'invitation.revoked', subject: `invitation:${invitation.id}` },
        ...{ facts: { reason }, createdAt: at },
      })
      return invitation
    })
  }

  /**
   * Sends a code once more to whom it is bound to; writes an audit entry.
   *
   * @throws {@link InvitationNotFound}
   * @throws {@link InviteEnded}
   */
  async resend(code: string, { actor }: { readonly actor: string }): Promise<void> {
    await this.#scope.transaction(async (tx) => {
      const { waitlistBatches, jobs, audit } = tx.repos
      const { id } = await tx.invites.getByCode(code)
      const invite = await waitlistBatches.findByInvitation(id)
      const sent = invite && (await waitlistBatches.countSend(invite.id))
      if (!sent) throw new InviteEnded()
      await jobs.enqueueAll([tellInvited(sent)])
      await audit.insert({
        ...{ actor, action: 'invitation.resent', subject: `invitation:${id}` },
        ...{ facts: { sends: String(sent.sends) }, createdAt: tx.clock.now() },
      })
    })
  }

  /**
   * Lets a batch of those whose code expired unused wait again, at the place they had, and gives their
   * number; who was invited too often in vain lapses. Emits `waitlist.requeued` or `waitlist.lapsed`.
   */
  async requeueExpired(): Promise<number> {
    return this.#scope.transaction(async (tx) => {
      const { waitlistBatches, waitlistEntries } = tx.repos
      const at = tx.clock.now()
      const locked = await waitlistBatches.lockExpired(at, DUE_BATCH)
      const ended = await waitlistBatches.end(locked, { outcome: 'expired', at })
      await tell(tx, await waitlistEntries.requeue(ended, REQUEUES_MAX), 'expired')
      return locked.length
    })
  }

  /** Tells a batch of people that their code ends within a day, and gives their number. */
  async warnExpiring(): Promise<number> {
    return this.#scope.transaction(async ({ clock, repos }) => {
      const now = clock.now()
      const due = await repos.waitlistBatches.warn(addMs(now, DAY_MS), now, DUE_BATCH)
      for (const { id, entryId } of due) {
        const told = { entryId, template: 'expiring', occasion: id } as const
        await repos.jobs.enqueue(sendWaitlistMail, told)
      }
      return due.length
    })
  }

  /** When the plan invites people next; null while it is off. */
  findNextPlannedAt(): Promise<Date | null> {
    return nextPlannedAt(this.#scope)
  }

  /**
   * Makes the batch that the plan has due; false when none is. The gate is asked first: what it refuses
   * is written down with the reasons, and tried again when the next batch is due.
   */
  async runPlan(): Promise<boolean> {
    return this.#scope.transaction(async (tx) => {
      await tx.repos.waitlistBatches.lock()
      const now = tx.clock.now()
      const dueAt = await nextPlannedAt(tx)
      if (!dueAt || dueAt > now) return false
      const { size, cutoffScore } = (await tx.settings.get(waitlistPlan)).value
      const planned = { size, actor: 'system', name: batchNameAt(now, 'PLAN'), isPlanned: true }
      const gate = await tx.quality.gate()
      if (gate.isIssuingAllowed) {
        await issueBatch(tx, { ...planned, cutoffScore, gate })
        return true
      }
      const { name, actor, isPlanned } = planned
      await tx.repos.waitlistBatches.insert({
        ...{ id: newId(), name, requested: size, generated: 0, actor, isPlanned },
        ...{ gateState: gate.state, createdAt: now },
        refusal: gate.reasons.map(({ code }) => code).join(', ') || gate.state,
      })
      return true
    })
  }
}

/** Tells what became of those whose invites ended unused. */
async function tell(
  tx: BatchesScope,
  entries: readonly Entry[],
  reason: 'expired' | 'revoked',
): Promise<void> {
  const occurredAt = tx.clock.now()
  await tx.repos.outbox.addAll(
    entries.map(({ id, userId, status, requeues }) => {
      const about = { occurredAt, subjectId: id, userId }
      return status === 'waiting'
        ? waitlistRequeued.create({ ...about, payload: { entryId: id, requeues } })
        : waitlistLapsed.create({ ...about, payload: { entryId: id, reason } })
    }),
  )
}

async function nextPlannedAt({ settings, repos }: BatchesScope): Promise<Date | null> {
  const { value: plan, createdAt } = await settings.get(waitlistPlan)
  if (!plan.isOn) return null
  const last = await repos.waitlistBatches.findLastPlannedAt()
  return last ? addMs(last, plan.cadenceHours * HOUR_MS) : createdAt
}
