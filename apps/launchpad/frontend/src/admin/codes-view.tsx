import { Card, DataTable, Failure, Loaded, When } from '@gramkit/mini-app/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { useDeferredValue, useState } from 'react'
import { useLaunchpad } from '../launchpad-context.tsx'
import { ListFilters, NO_FILTER } from './list-filters.tsx'
import { adminListQuery } from './queries.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { useAdminTexts } from './texts/texts.ts'
import { useAct } from './use-act.ts'
import { codeStatuses, codeWire } from './wire.ts'

/** Every code: whose it is, what became of it, and what can be done about it. */
export function CodesView() {
  const launchpad = useLaunchpad()
  const words = useAdminTexts()
  const act = useAct()
  const [filter, setFilter] = useState(NO_FILTER)
  const [revoking, setRevoking] = useState<string>()
  const query = { status: filter.status, batch_id: useDeferredValue(filter.text.trim()) }
  const codes = useInfiniteQuery(adminListQuery(launchpad, codeWire, '/api/invites/codes', query))
  return (
    <Card title={words.views.codes}>
      <ListFilters
        label={words.columns.batch}
        filter={filter}
        statuses={codeStatuses}
        names={words.codes.statuses}
        onChange={setFilter}
      />
      {act.error ? <Failure error={act.error} onHide={act.reset} /> : null}
      <Loaded query={codes} rows={5}>
        {(rows) => (
          <DataTable
            label={words.views.codes}
            rows={rows}
            keyOf={({ code }) => code}
            empty={words.codes.none}
            more={codes}
            columns={[
              { head: words.columns.code, cell: ({ code }) => <code>{code}</code> },
              {
                head: words.columns.who,
                cell: ({ recipient }) => recipient ?? words.codes.byTelegram,
              },
              { head: words.columns.status, cell: (row) => words.codes.statuses[row.status] },
              {
                head: words.columns.delivery,
                cell: ({ delivery }) =>
                  delivery === null ? '–' : words.codes.deliveries[delivery],
              },
              { head: words.columns.expires, cell: (row) => <When at={row.expires_at} /> },
              { head: words.columns.used, cell: (row) => <When at={row.used_at} /> },
              {
                head: words.columns.actions,
                cell: ({ code, status: is }) =>
                  is === 'active' ? (
                    <span className="actions">
                      <Button
                        size="s"
                        mode="plain"
                        aria-label={`${words.codes.resend}: ${code}`}
                        onClick={() =>
                          act.mutate({ method: 'POST', path: `/api/invites/${code}/resend` })
                        }
                      >
                        {words.codes.resend}
                      </Button>
                      <Button
                        size="s"
                        mode="plain"
                        aria-label={`${words.codes.revoke}: ${code}`}
                        onClick={() => setRevoking(code)}
                      >
                        {words.codes.revoke}
                      </Button>
                    </span>
                  ) : null,
              },
            ]}
          />
        )}
      </Loaded>
      {revoking === undefined ? null : (
        <ReasonDialog
          title={words.codes.revokeTitle(revoking)}
          note={words.codes.revokeNote}
          yes={words.codes.revokeYes}
          onNo={() => setRevoking(undefined)}
          onYes={(reason) => {
            setRevoking(undefined)
            const path = `/api/invites/${revoking}/revoke`
            act.mutate({ method: 'POST', path, body: { reason } })
          }}
        />
      )}
    </Card>
  )
}
