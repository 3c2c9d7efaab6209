import { Card, DataTable, Loaded, When } from '@gramkit/mini-app/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useLaunchpad } from '../launchpad-context.tsx'
import { adminListQuery } from './queries.ts'
import { useAdminTexts } from './texts/texts.ts'
import { useActorName } from './use-actor-name.ts'
import { auditWire } from './wire.ts'

/** Who did what, and why. */
export function AuditView() {
  const launchpad = useLaunchpad()
  const words = useAdminTexts()
  const nameOf = useActorName()
  const audit = useInfiniteQuery(adminListQuery(launchpad, auditWire, '/api/waitlist/audit'))
  const actions: Readonly<Record<string, string>> = words.audit.actions
  const changedBy: Readonly<Record<string, string>> = words.gate.changedBy
  const whyOf = (reason = '') => changedBy[reason] ?? reason
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
              { head: words.columns.at, cell: ({ created_at: at }) => <When at={at} /> },
              {
                head: words.columns.actor,
                cell: ({ actor }) => <span title={actor}>{nameOf(actor)}</span>,
              },
              { head: words.columns.action, cell: ({ action }) => actions[action] ?? action },
              { head: words.columns.subject, cell: ({ subject }) => <Subject subject={subject} /> },
              { head: words.columns.reason, cell: ({ facts }) => whyOf(facts['reason']) },
            ]}
          />
        )}
      </Loaded>
    </Card>
  )
}

/** Written as `<noun>:<id>`; of an id the end tells it from others. */
function Subject({ subject }: { subject: string }) {
  const words = useAdminTexts().audit
  const nouns: Readonly<Record<string, string>> = words.subjects
  const settings: Readonly<Record<string, string>> = words.settings
  const [noun = '', id = ''] = subject.split(':')
  const isUuid = /^[0-9a-f-]{36}$/.test(id)
  return (
    <span title={subject}>
      {nouns[noun] ?? noun} {isUuid ? `#${id.slice(-6)}` : settings[id]}
    </span>
  )
}
