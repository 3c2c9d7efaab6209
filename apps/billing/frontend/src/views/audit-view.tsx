import { Card, DataTable, Loaded, When } from '@gramkit/mini-app/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { deskListQuery } from '../api/queries.ts'
import { auditWire } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { Actor } from '../ui/actor.tsx'

/** Who changed what. */
export function AuditView() {
  const desk = useDesk()
  const { texts } = desk
  const audit = useInfiniteQuery(deskListQuery(desk, auditWire, 'audit'))
  return (
    <Card title={texts.views.audit} note={texts.audit.note}>
      <Loaded query={audit} rows={6}>
        {(rows) => (
          <DataTable
            label={texts.views.audit}
            rows={rows}
            keyOf={({ id }) => id}
            empty={texts.audit.none}
            more={audit}
            columns={[
              { head: texts.columns.at, cell: ({ createdAt }) => <When at={createdAt} /> },
              { head: texts.columns.actor, cell: ({ actor }) => <Actor actor={actor} /> },
              { head: texts.columns.action, cell: ({ action }) => <code>{action}</code> },
              { head: texts.columns.subject, cell: ({ subject }) => <Subject subject={subject} /> },
              { head: texts.columns.change, cell: ({ facts }) => <Change facts={facts} /> },
            ]}
          />
        )}
      </Loaded>
    </Card>
  )
}

/** Written as `<noun>:<id>`; of an id the end tells it from others. */
function Subject({ subject }: { subject: string }) {
  const { texts } = useDesk()
  const nouns: Readonly<Record<string, string>> = texts.audit.subjects
  const [noun = '', id = ''] = subject.split(':')
  return (
    <span title={subject}>
      {nouns[noun] ?? noun} <code>…{id.slice(-6)}</code>
    </span>
  )
}

/** What was before and after, of each field that changed. */
function Change({ facts }: { facts: Readonly<Record<string, string>> }) {
  const { texts } = useDesk()
  const before = fieldsOf(facts['before'])
  const after = fieldsOf(facts['after'])
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  if (names.length === 0) return '–'
  return (
    <details>
      <summary>{texts.audit.fields(names.length)}</summary>
      <dl className="change">
        {names.map((name) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {before[name] === undefined ? null : <del>{before[name]}</del>}{' '}
              {after[name] === undefined ? null : <ins>{after[name]}</ins>}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

/** The fields of what is kept as JSON, each as a text. */
function fieldsOf(json: string | undefined): Readonly<Record<string, string>> {
  const fields: unknown = JSON.parse(json ?? '{}')
  const entries = Object.entries(Object(fields)).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  return Object.fromEntries(entries)
}
