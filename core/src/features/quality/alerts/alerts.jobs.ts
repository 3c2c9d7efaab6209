import { type DueWork, type EventSubscription, subscribe } from '../../../platform/jobs/index.ts'
import { alertEscalated, alertOpened } from './alerts.events.ts'
import type { AlertsRepository } from './alerts.repository.ts'
import type { AlertsService } from './alerts.service.ts'

interface Scope {
  readonly alerts: Pick<AlertsService, 'escalateDue' | 'tell'>
  readonly repos: { readonly alerts: Pick<AlertsRepository, 'findNextDueAt'> }
}

/** Tells again of critical alerts that nobody acknowledged. */
export const escalateDueAlerts: DueWork<Scope> = {
  name: 'quality.escalate_alerts',
  everyMs: 15_000,
  nextDueAt: ({ repos }) => repos.alerts.findNextDueAt(),
  runDue: ({ alerts }) => alerts.escalateDue(),
}

/** Tells admins and owners of new alerts; for an app that declares `alertOpenedTemplate`. */
export const tellAlertOpened: EventSubscription<Scope> = subscribe({
  event: alertOpened,
  consumer: 'quality.tell_alert',
  handle: ({ alerts }: Scope, { payload }) => alerts.tell(payload.alertId),
})

/** Tells them again; for an app that declares `alertEscalatedTemplate`. */
export const tellAlertEscalated: EventSubscription<Scope> = subscribe({
  event: alertEscalated,
  consumer: 'quality.tell_alert',
  handle: ({ alerts }: Scope, { payload }) => alerts.tell(payload.alertId, payload.minutes),
})
