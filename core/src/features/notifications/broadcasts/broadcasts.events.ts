import { z } from 'zod'
import { defineEvent } from '../../../platform/outbox/index.ts'

const schema = z.object({ broadcastId: z.uuid() })

/** A broadcast began: who gets it stands fast. */
export const broadcastStarted = defineEvent('broadcast.started', { version: 1, schema })

/** Everybody got a broadcast, or there is a reason why not. */
export const broadcastFinished = defineEvent('broadcast.finished', { version: 1, schema })

/** A broadcast was stopped. */
export const broadcastCanceled = defineEvent('broadcast.canceled', { version: 1, schema })
