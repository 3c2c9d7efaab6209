import type { DeliveryOutcome, Inbox } from './platform/inbox/index.ts'
import type { CoreServices } from './services.ts'

/** What an administrator did, in the transaction that does it. */
function note(
  tx: CoreServices,
  { actor, action, subject }: { actor: string; action: string; subject: string },
): Promise<void> {
  return tx.repos.audit.insert({
    actor,
    action,
    subject,
    facts: {},
    createdAt: tx.clock.now(),
  })
}

/**
 * Tries a parked delivery again, as an administrator.
 *
 * @throws {@link NotFound} {@link DeliveryNotParked}
 */
export function replayDelivery(
  inbox: Pick<Inbox<CoreServices>, 'replay'>,
  id: string,
  actor: string,
): Promise<DeliveryOutcome> {
  return inbox.replay(id, (tx) =>
    note(tx, { actor, action: 'delivery.replayed', subject: `delivery:${id}` }),
  )
}

/**
 * Puts a dead job back with all its tries, as an administrator.
 *
 * @throws {@link NotFound} {@link JobNotDead}
 */
export function retryJob(core: CoreServices, id: string, actor: string): Promise<void> {
  return core.transaction(async (tx) => {
    await tx.repos.jobs.retry(id)
    await note(tx, { actor, action: 'job.retried', subject: `job:${id}` })
  })
}
