import { moment } from '@gramkit/mini-app/texts'
import { Card, DataTable, Failure, Loaded, When } from '@gramkit/mini-app/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import type * as z from 'zod/mini'
import { useLaunchpad } from '../launchpad-context.tsx'
import { useFigures } from './figures.ts'
import { adminListQuery } from './queries.ts'
import { useAdminTexts } from './texts/texts.ts'
import { useAct } from './use-act.ts'
import { useActorName } from './use-actor-name.ts'
import { alertWire } from './wire.ts'

type Alert = z.infer<typeof alertWire>

/** What somebody has to look at, and what is over. */
export function AlertsView() {
  const launchpad = useLaunchpad()
  const words = useAdminTexts()
  const act = useAct()
  const { measure } = useFigures()
  const alerts = useInfiniteQuery(adminListQuery(launchpad, alertWire, '/api/quality/alerts'))
  return (
    <Card title={words.views.alerts} note={words.alerts.note}>
      {act.error ? <Failure error={act.error} onHide={act.reset} /> : null}
      <Loaded query={alerts}>
        {(rows) => (
          <DataTable
            label={words.views.alerts}
            rows={rows}
            keyOf={({ id }) => id}
            empty={words.alerts.none}
            more={alerts}
            columns={[
              {
                head: words.columns.alert,
                cell: ({ metric, severity, value, threshold }) => (
                  <>
                    <span className={`badge badge-${severity}`}>{words.alerts[severity]}</span>{' '}
                    {words.metrics[metric]} {measure(metric, value)} / {measure(metric, threshold)}
                  </>
                ),
              },
              { head: words.columns.since, cell: ({ opened_at: at }) => <When at={at} /> },
              {
                head: words.columns.escalations,
                cell: ({ escalations }) => escalations,
                isNumber: true,
              },
              { head: words.columns.status, cell: (alert) => <Handling alert={alert} /> },
              {
                head: words.columns.actions,
                cell: ({ id, acknowledged_at: seen, resolved_at: over }) =>
                  seen === null && over === null ? (
                    <Button
                      size="s"
                      mode="bezeled"
                      loading={act.isPending}
                      onClick={() =>
                        act.mutate({
                          method: 'POST',
                          path: `/api/quality/alerts/${id}/acknowledge`,
                        })
                      }
                    >
                      {words.alerts.acknowledge}
                    </Button>
                  ) : null,
              },
            ]}
          />
        )}
      </Loaded>
    </Card>
  )
}

function Handling({ alert }: { alert: Alert }) {
  const { language } = useLaunchpad()
  const words = useAdminTexts().alerts
  const nameOf = useActorName()
  if (alert.resolved_at !== null) return words.resolved(moment(language, alert.resolved_at))
  if (alert.acknowledged_at === null) return words.open
  return words.acknowledged(nameOf(alert.acknowledged_by ?? ''))
}
