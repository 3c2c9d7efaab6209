import { addMs, assert, newId } from '../../../kernel/index.ts'
import type { NewJob } from '../../../platform/jobs/index.ts'
import type { Gate } from '../../quality/index.ts'
import { sendWaitlistMail } from '../messages/messages.jobs.ts'
import { batchGenerated, waitlistInvited } from '../waitlist.events.ts'
import { readWeights } from '../weights.ts'
import { type GeneratedBatch, INVITE_TTL_MS, type Invite, type NewBatch } from './batch.ts'
import type { BatchesScope } from './batches.scope.ts'

/** Invites as many as the gate lets through and writes the batch down. */
export async function issueBatch(
  tx: BatchesScope,
  request: Omit<NewBatch, 'batchId'> & {
    readonly name: string
    readonly gate: Gate
    readonly isPlanned: boolean
  },
): Promise<GeneratedBatch> {
  const { size, name, actor, gate, isPlanned, cutoffScore = 0 } = request
  const { waitlistBatches, waitlistEntries, audit, jobs, outbox } = tx.repos
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
    const invites = await waitlistBatches.insertInvites(
      issued.map(({ person, invitationId }) => ({
        ...{ id: newId(), batchId: batch.id, entryId: person.id, invitationId },
        ...{ issuedAt, expiresAt },
      })),
    )
    await jobs.enqueueAll(invites.map(tellInvited))
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

/** The job that sends an invite. */
export function tellInvited({ id, entryId, sends }: Invite): NewJob {
  const { name, attemptsMax, schema } = sendWaitlistMail
  const occasion = `${id}:${sends}`
  return { name, attemptsMax, payload: schema.parse({ entryId, template: 'invited', occasion }) }
}
