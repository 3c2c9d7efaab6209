import {
  addMs,
  assert,
  type Clock,
  InvalidValue,
  newId,
  type Page,
  type PageRequest,
} from '../../../kernel/index.ts'
import type { Transactional } from '../../../platform/database/index.ts'
import type { OutboxRepository } from '../../../platform/outbox/index.ts'
import type { SettingsService } from '../../../platform/settings/index.ts'
import type { AuditRepository } from '../../audit/index.ts'
import type { Invitation, InvitesService } from '../../invites/index.ts'
import type { Gate, QualityService } from '../../quality/index.ts'
import type { EntriesRepository } from '../entries.repository.ts'
import type { PlacesRepository } from '../places.repository.ts'
import { BatchDiffers } from '../waitlist.errors.ts'
import { batchGenerated, waitlistInvited } from '../waitlist.events.ts'
import type { WaitlistOptions } from '../waitlist-options.ts'
import { readWeights } from '../weights.ts'
import { type Batch, batchNameAt, checkBatch, INVITE_TTL_MS } from './batch.ts'
import type { BatchesRepository, CodeFilter, IssuedCode } from './batches.repository.ts'

/** All that the batches service may touch. */
export interface BatchesScope extends Transactional<BatchesScope> {
  readonly clock: Clock
  readonly invites: Pick<InvitesService, 'createBatch' | 'revoke'>
  readonly quality: Pick<QualityService, 'gate' | 'requireIssuing'>
  readonly settings: Pick<SettingsService, 'get'>
  readonly waitlistOptions: WaitlistOptions
  readonly repos: {
    readonly audit: Pick<AuditRepository, 'insert'>
    readonly outbox: Pick<OutboxRepository, 'add' | 'addAll'>
    readonly waitlistBatches: BatchesRepository
    readonly waitlistEntries: EntriesRepository
    readonly waitlistPlaces: PlacesRepository
  }
}

/** How many people are to be invited. */
export interface NewBatch {
  /** 1 to 1,000. */
  readonly size: number
  /** What the batch is called: the same name and size again is the same batch. [one of the instant] */
  readonly batchId?: string | undefined
  /** Who approves it. */
  readonly actor: string
  /** Nobody of a lower score is invited. [nobody is left out] */
  readonly cutoffScore?: number | undefined
}

/** A batch and its codes, the first of the queue first. */
export interface GeneratedBatch {
  readonly batch: Batch
  readonly codes: readonly string[]
}

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
      return issue(tx, { ...request, name, gate, isPlanned: false })
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
   * Takes a code back. Whom it was bound to is not invited again unless they join again.
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
        await waitlistEntries.lapse(ended)
      }
      await audit.insert({
        ...{ actor, action: 'invitation.revoked', subject: `invitation:${invitation.id}` },
        ...{ facts: { reason }, createdAt: at },
      })
      return invitation
    })
  }
}

/** Invites as many as the gate lets through and writes the batch down. */
async function issue(
  tx: BatchesScope,
  request: NewBatch & { readonly name: string; readonly gate: Gate; readonly isPlanned: boolean },
): Promise<GeneratedBatch> {
  const { size, name, actor, gate, isPlanned, cutoffScore = 0 } = request
  const { waitlistBatches, waitlistEntries, audit, outbox } = tx.repos
  const issuedAt = tx.clock.now()
  const limit = Math.max(1, Math.floor(size * gate.batchFactor))
  const { weights } = await readWeights(tx.settings)
  const people = await waitlistEntries.takeNext({ limit, weights, cutoffScore })
  const batch = {
    ...{ id: newId(), name, requested: size, generated: people.length, actor, isPlanned },
    ...{ gateState: gate.state, refusal: null, createdAt: issuedAt },
  }
  await waitlistBatches.insert(batch)
  const expiresAt = addMs(issuedAt, INVITE_TTL_MS)
  const made =
    people.length === 0
      ? []
      : (
          await tx.invites.createBatch({
            recipients: people.map(({ id }) => id),
            ...{ createdBy: actor, batchId: batch.id, expiresAt },
            prefix: tx.waitlistOptions.codePrefix,
          })
        ).invitations
  const byEntry = new Map(made.map((one) => [one.recipient, one]))
  const issued = people.map((person) => {
    const one = byEntry.get(person.id)
    assert(one, 'Each recipient has an invitation')
    return { person, invitationId: one.id, code: one.code }
  })
  if (issued.length > 0) {
    await waitlistBatches.insertInvites(
      issued.map(({ person, invitationId }) => ({
        ...{ id: newId(), batchId: batch.id, entryId: person.id, invitationId },
        ...{ issuedAt, expiresAt },
      })),
    )
  }
  await audit.insert({
    ...{ actor, action: 'batch.generated', subject: `waitlist_batch:${batch.id}` },
    ...{
      facts: { requested: String(size), generated: String(people.length) },
      createdAt: issuedAt,
    },
  })
  const { id: batchId, generated } = batch
  await outbox.addAll([
    batchGenerated.create({
      ...{ occurredAt: issuedAt, subjectId: batchId },
      payload: { batchId, requested: size, generated },
    }),
    ...issued.map(({ person, invitationId }) =>
      waitlistInvited.create({
        ...{ occurredAt: issuedAt, subjectId: person.id, userId: person.userId },
        payload: { entryId: person.id, batchId, invitationId },
      }),
    ),
  ])
  return { batch, codes: issued.map(({ code }) => code) }
}
