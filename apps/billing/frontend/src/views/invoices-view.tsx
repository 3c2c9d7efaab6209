import { Card, DataTable, Field, Loaded } from '@gramkit/mini-app/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { deskListQuery } from '../api/queries.ts'
import { type Invoice, invoiceStates, invoiceWire } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { useFigures } from '../figures.ts'
import { hashOf } from '../route.ts'
import { DownloadButton } from '../ui/download-button.tsx'
import { StateFilter } from '../ui/filters.tsx'
import { StateBadge } from '../ui/state-badge.tsx'

/** What is asked of customers. */
export function InvoicesView() {
  const desk = useDesk()
  const { texts } = desk
  const [state, setState] = useState<Invoice['state'] | ''>('')
  const [issuedFromOn, setFrom] = useState('')
  const [issuedUntilOn, setUntil] = useState('')
  const filter = { state, issuedFromOn, issuedUntilOn }
  const invoices = useInfiniteQuery(deskListQuery(desk, invoiceWire, 'invoices', filter))
  return (
    <Card title={texts.views.invoices} actions={<Tables filter={filter} />}>
      <div className="filters">
        <StateFilter
          label={texts.columns.state}
          value={state}
          states={invoiceStates}
          names={texts.invoiceStates}
          onChange={setState}
        />
        <Field
          label={texts.invoices.from}
          type="date"
          value={issuedFromOn}
          onChange={({ target }) => setFrom(target.value)}
        />
        <Field
          label={texts.invoices.until}
          type="date"
          value={issuedUntilOn}
          onChange={({ target }) => setUntil(target.value)}
        />
      </div>
      <Loaded query={invoices} rows={6}>
        {(rows) => <InvoiceTable rows={rows} more={invoices} />}
      </Loaded>
    </Card>
  )
}

/** What is listed, as files for other programs. */
function Tables({ filter }: { filter: Readonly<Record<string, string>> }) {
  const { texts } = useDesk()
  const asked = Object.entries(filter).filter(([, value]) => value !== '')
  return (
    <div className="actions">
      {(['documents', 'lines'] as const).map((table) => (
        <DownloadButton
          key={table}
          path={`invoices.csv?${new URLSearchParams([...asked, ['table', table]])}`}
          fileName={table === 'lines' ? 'invoice-lines.csv' : 'invoices.csv'}
          text={table === 'lines' ? texts.invoices.csvLines : texts.invoices.csv}
        />
      ))}
    </div>
  )
}

/** Invoices, one a row. */
export function InvoiceTable(props: {
  rows: readonly Invoice[]
  more: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }
}) {
  const { texts } = useDesk()
  const { money, day } = useFigures()
  const { columns } = texts
  return (
    <DataTable
      label={texts.views.invoices}
      rows={props.rows}
      keyOf={({ id }) => id}
      empty={texts.invoices.none}
      more={props.more}
      columns={[
        {
          head: columns.number,
          cell: ({ id, number }) => (
            <a href={hashOf('invoices', id)} className="when">
              {number ?? texts.invoices.noNumber}
            </a>
          ),
        },
        { head: columns.customer, cell: ({ buyer }) => buyer.company ?? buyer.name },
        {
          head: columns.state,
          cell: ({ state }) => <StateBadge state={state} name={texts.invoiceStates[state]} />,
        },
        {
          head: columns.issued,
          cell: ({ issuedOn }) => <span className="when">{day(issuedOn)}</span>,
        },
        { head: columns.due, cell: ({ dueOn }) => <span className="when">{day(dueOn)}</span> },
        {
          head: columns.total,
          cell: ({ total, currency }) => money({ amount: total, currency }),
          isNumber: true,
        },
        {
          head: columns.remaining,
          cell: ({ remaining, currency }) => money({ amount: remaining, currency }),
          isNumber: true,
        },
      ]}
    />
  )
}
