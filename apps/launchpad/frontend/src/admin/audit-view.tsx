import { moment } from '@gramkit/mini-app/texts'
import { Loaded } from '@gramkit/mini-app/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useLaunchpad } from '../launchpad-context.tsx'
import { Card } from '../ui/card.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { adminListQuery } from './queries.ts'
import { useAdminTexts } from './texts/texts.ts'
import { auditWire } from './wire.ts'

/** Who did what. */
export function AuditView() {
  const launchpad = useLaunchpad()
  const words = useAdminTexts()
  const audit = useInfiniteQuery(adminListQuery(launchpad, auditWire, '/api/waitlist/audit'))
  return (
    <Card title={words.views.audit} note={words.audit.note}>
      <Loaded query={audit} rows={5}>
        {(rows) => (
          <DataTable
            label={words.views.audit}
            rows={rows}
            keyOf={({ id }) => id}
            empty={words.audit.none}
            more={audit}
            columns={[
              {
                head: words.columns.at,
                cell: ({ created_at: at }) => moment(launchpad.language, at),
              },
              { head: words.columns.actor, cell: ({ actor }) => actor },
              { head: words.columns.action, cell: ({ action }) => <code>{action}</code> },
              { head: words.columns.subject, cell: ({ subject }) => subject },
            ]}
          />
        )}
      </Loaded>
    </Card>
  )
}
