import { addMs, type Clock, newId, type Page, type PageRequest } from '../../../kernel/index.ts'
import type { Transactional } from '../../../platform/database/index.ts'
import type { OutboxRepository } from '../../../platform/outbox/index.ts'
import type { AuditRepository } from '../../audit/index.ts'
import type { NotificationsService } from '../../notifications/index.ts'
import type { UsersRepository } from '../../users/index.ts'
import { ESCALATION_MINUTES, escalationsAt, type Finding } from './alert.ts'
import { alertEscalatedTemplate, alertOpenedTemplate } from './alert-templates.ts'
import { alertEscalated, alertOpened, alertResolved } from './alerts.events.ts'
import type { Alert, AlertsRepository } from './alerts.repository.ts'

/** All that the alerts service may touch. */
export interface AlertsScope extends Transactional<AlertsScope> {
  readonly clock: Clock
  readonly notifications: Pick<NotificationsService, 'sendMany'>
  readonly repos: {
    readonly alerts: AlertsRepository
    readonly audit: Pick<AuditRepository, 'insert'>
    readonly outbox: Pick<OutboxRepository, 'addAll'>
    readonly users: Pick<UsersRepository, 'listStaff'>
  }
}

const MINUTE_MS = 60_000

/** What somebody has to look at: opened once, told, told again, resolved when it is over. */
export class AlertsService {
  readonly #scope: AlertsScope

  constructor(scope: AlertsScope) {
    this.#scope = scope
  }

  /**
   * Opens an alert for each finding that has none, and resolves those that are not found any more; one
   * that became worse or better is resolved, and another opened. Call it under the lock of the gate.
   *
   * Emits `alert.opened` and `alert.resolved`.
   */
  async sync(findings: readonly Finding[], snapshotId: string): Promise<void> {
    const { clock, repos } = this.#scope
    const now = clock.now()
    const open = await repos.alerts.listOpen()
    const isAbout = (alert: Alert, { metric, severity }: Finding): boolean =>
      alert.metric === metric && alert.severity === severity
    const over = open.filter((alert) => !findings.some((finding) => isAbout(alert, finding)))
    const found = findings.filter((finding) => !open.some((alert) => isAbout(alert, finding)))
    for (const { id } of over) {
      await repos.alerts.update(id, { resolvedAt: now, nextEscalationAt: null })
    }
    const opened = found.map((finding) => newAlert(finding, snapshotId, now))
    for (const alert of opened) await repos.alerts.insert(alert)
    await repos.outbox.addAll([
      ...over.map(({ id: alertId }) =>
        alertResolved.create({ occurredAt: now, subjectId: alertId, payload: { alertId } }),
      ),
      ...opened.map(({ id: alertId, metric, severity, value, threshold }) =>
        alertOpened.create({
          occurredAt: now,
          subjectId: alertId,
          payload: { alertId, metric, severity, value, threshold },
        }),
      ),
    ])
  }

  /**
   * Says that somebody looks at an alert, so that nobody is told of it again. Who was first stays
   * written down; an alert that is over stays as it is.
   *
   * @throws {@link NotFound}
   */
  async acknowledge({ id, actor }: { id: string; actor: string }): Promise<Alert> {
    return this.#scope.transaction(async ({ clock, repos }) => {
      const at = clock.now()
      if (await repos.alerts.acknowledge(id, { actor, at })) {
        await repos.audit.insert({
          ...{ actor, action: 'alert.acknowledged', subject: `alert:${id}` },
          facts: {},
          createdAt: at,
        })
      }
      return repos.alerts.getById(id)
    })
  }

  /** One page of the alerts, newest first: the open ones, those that are over, or both. */
  list(
    request: PageRequest & { readonly isOpen?: boolean | undefined } = {},
  ): Promise<Page<Alert>> {
    return this.#scope.repos.alerts.listNewest(request)
  }

  /**
   * Tells again of a batch of critical alerts that nobody acknowledged for 5, 15 and 30 minutes, and
   * gives their number. Where nothing ran in between, the missed times are one.
   *
   * Emits `alert.escalated`.
   */
  async escalateDue(): Promise<number> {
    return this.#scope.transaction(async ({ clock, repos }) => {
      const now = clock.now()
      const due = await repos.alerts.lockDue(now)
      for (const { id, openedAt } of due) {
        const escalations = escalationsAt(openedAt, now)
        const nextEscalationAt = escalationAfter(escalations, openedAt)
        await repos.alerts.update(id, { escalations, nextEscalationAt })
      }
      await repos.outbox.addAll(
        due.map(({ id: alertId, openedAt }) => {
          const minutes = ESCALATION_MINUTES[escalationsAt(openedAt, now) - 1] ?? 0
          const payload = { alertId, minutes }
          return alertEscalated.create({ occurredAt: now, subjectId: alertId, payload })
        }),
      )
      return due.length
    })
  }

  /** Has all admins and owners told of an alert; after some minutes unless somebody looks at it. */
  async tell(alertId: string, minutes = 0): Promise<void> {
    const { notifications, repos } = this.#scope
    const { metric, severity, value, threshold, acknowledgedAt, resolvedAt } =
      await repos.alerts.getById(alertId)
    if (minutes > 0 && (acknowledgedAt || resolvedAt)) return
    const facts = { metric, severity, value, threshold, minutes }
    const staff = await repos.users.listStaff()
    await notifications.sendMany(
      minutes > 0 ? alertEscalatedTemplate : alertOpenedTemplate,
      staff.map(({ id: userId }) => ({ userId, occasion: `${alertId}:${minutes}`, facts })),
    )
  }
}

function newAlert(finding: Finding, snapshotId: string, openedAt: Date): Alert {
  return {
    ...{ id: newId(), ...finding, snapshotId, openedAt },
    ...{ acknowledgedAt: null, acknowledgedBy: null, resolvedAt: null, escalations: 0 },
    nextEscalationAt: finding.severity === 'critical' ? escalationAfter(0, openedAt) : null,
  }
}

/** When an alert that was told again so many times is told again. */
function escalationAfter(escalations: number, openedAt: Date): Date | null {
  const minutes = ESCALATION_MINUTES[escalations]
  return minutes === undefined ? null : addMs(openedAt, minutes * MINUTE_MS)
}
