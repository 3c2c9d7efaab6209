import type { DueWork } from '../../../platform/jobs/index.ts'
import type { BroadcastSender, SendingService } from './sending.service.ts'

/**
 * Sends the broadcasts that run.
 *
 * @example
 * const work = sendBroadcasts({ channel: telegramChannel(api), pace })
 */
export function sendBroadcasts(sender: BroadcastSender): DueWork<{
  readonly broadcastSending: Pick<SendingService, 'sendDue' | 'findNextDueAt'>
}> {
  return {
    name: 'broadcasts.send_due',
    everyMs: 1_000,
    nextDueAt: ({ broadcastSending }) => broadcastSending.findNextDueAt(),
    runDue: ({ broadcastSending }) => broadcastSending.sendDue(sender),
  }
}
