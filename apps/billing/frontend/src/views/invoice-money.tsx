import { Card, DataTable, Loaded, When } from '@gramkit/mini-app/ui'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import * as z from 'zod/mini'
import { deskListQuery, deskQuery } from '../api/queries.ts'
import {
  type CreditNote,
  creditNoteWire,
  type Invoice,
  type Payment,
  paymentWire,
} from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { useFigures } from '../figures.ts'
import { DownloadButton } from '../ui/download-button.tsx'
import { StateBadge } from '../ui/state-badge.tsx'
import { paidOtherwise } from './paid-otherwise.ts'

const paymentsWire = z.object({ items: z.array(paymentWire) })

/** What came for an invoice, and what was taken back of it. */
export function InvoiceMoney({ invoice }: { invoice: Invoice }) {
  return (
    <>
      <Payments invoice={invoice} />
      <CreditNotes invoiceId={invoice.id} />
    </>
  )
}

function Payments({ invoice }: { invoice: Invoice }) {
  const desk = useDesk()
  const { texts } = desk
  const { money } = useFigures()
  const { id, currency } = invoice
  const payments = useQuery(deskQuery(desk, paymentsWire, `invoices/${id}/payments`))
  const rest = payments.data ? paidOtherwise(invoice, payments.data.items) : 0n
  const amount = money({ amount: String(rest), currency })
  return (
    <Card
      title={texts.payments.title}
      note={rest > 0n ? texts.payments.otherwise(amount) : undefined}
    >
      <Loaded query={payments} rows={2}>
        {({ items }) => (items.length === 0 && rest > 0n ? null : <PaymentTable rows={items} />)}
      </Loaded>
    </Card>
  )
}

/** Most invoices have none: then nothing is shown. */
function CreditNotes({ invoiceId }: { invoiceId: string }) {
  const desk = useDesk()
  const { texts } = desk
  const notes = useInfiniteQuery(deskListQuery(desk, creditNoteWire, 'credit-notes', { invoiceId }))
  if (!notes.error && !notes.data?.length) return null
  return (
    <Card title={texts.creditNotes.title}>
      <Loaded query={notes} rows={2}>
        {(rows) => <CreditNoteTable rows={rows} more={notes} />}
      </Loaded>
    </Card>
  )
}

function PaymentTable({ rows }: { rows: readonly Payment[] }) {
  const { texts } = useDesk()
  const { money } = useFigures()
  const { columns, payments } = texts
  return (
    <DataTable
      label={payments.title}
      rows={rows}
      keyOf={({ id }) => id}
      empty={payments.none}
      columns={[
        { head: columns.at, cell: ({ createdAt }) => <When at={createdAt} /> },
        { head: payments.by, cell: ({ gateway }) => gateway ?? '–' },
        {
          head: columns.state,
          cell: ({ state, reason }) => (
            <>
              <StateBadge state={`payment-${state}`} name={payments.states[state]} />
              {reason === null ? null : <span className="note"> {reason}</span>}
            </>
          ),
        },
        {
          head: columns.total,
          cell: ({ amount, currency }) => money({ amount, currency }),
          isNumber: true,
        },
        {
          head: payments.returned,
          cell: ({ returned, currency }) =>
            returned === '0' ? '–' : money({ amount: returned, currency }),
          isNumber: true,
        },
      ]}
    />
  )
}

function CreditNoteTable(props: {
  rows: readonly CreditNote[]
  more: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }
}) {
  const { texts } = useDesk()
  const { money, day } = useFigures()
  const { columns, creditNotes } = texts
  return (
    <DataTable
      label={creditNotes.title}
      rows={props.rows}
      keyOf={({ id }) => id}
      empty={texts.nothingFound}
      more={props.more}
      columns={[
        { head: columns.number, cell: ({ number }) => <span className="when">{number}</span> },
        {
          head: columns.issued,
          cell: ({ issuedOn }) => <span className="when">{day(issuedOn)}</span>,
        },
        { head: creditNotes.reason, cell: ({ reason }) => reason ?? '–' },
        {
          head: columns.total,
          cell: ({ total, currency }) => money({ amount: total, currency }),
          isNumber: true,
        },
        {
          head: creditNotes.file,
          cell: ({ id, number }) => (
            <DownloadButton
              path={`credit-notes/${id}/pdf`}
              fileName={`${number}.pdf`}
              text="PDF"
              label={texts.document.download('PDF')}
            />
          ),
        },
      ]}
    />
  )
}
