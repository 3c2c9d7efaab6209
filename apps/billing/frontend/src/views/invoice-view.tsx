import { Card, Failure, Loaded, When } from '@gramkit/mini-app/ui'
import { useQuery } from '@tanstack/react-query'
import { deskQuery } from '../api/queries.ts'
import { type Invoice, invoiceWire } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { useFigures } from '../figures.ts'
import { hashOf } from '../route.ts'
import { CustomerName } from '../ui/customer-name.tsx'
import { Pairs } from '../ui/pairs.tsx'
import { PayLink } from '../ui/pay-link.tsx'
import { StateBadge } from '../ui/state-badge.tsx'
import { InvoiceDocument } from './invoice-document.tsx'
import { InvoiceMoney } from './invoice-money.tsx'
import { InvoiceSteps } from './invoice-steps.tsx'

/** One invoice: how it stands, what can be done about it, what came for it, and as its reader sees it. */
export function InvoiceView({ id }: { id: string }) {
  const desk = useDesk()
  const invoice = useQuery(deskQuery(desk, invoiceWire, `invoices/${id}`))
  return (
    <>
      <a href={hashOf('invoices')} className="back">
        {desk.texts.invoices.back}
      </a>
      <Loaded query={invoice} rows={6}>
        {(found) => (
          <>
            {invoice.error ? (
              <Failure error={invoice.error} onRetry={() => void invoice.refetch()} />
            ) : null}
            <Facts invoice={found} />
            {found.state === 'draft' ? null : <InvoiceMoney invoice={found} />}
            <InvoiceDocument invoice={found} />
          </>
        )}
      </Loaded>
    </>
  )
}

function Facts({ invoice }: { invoice: Invoice }) {
  const { texts } = useDesk()
  const { money, day } = useFigures()
  const { columns } = texts
  const { currency, state } = invoice
  const amountOf = (amount: string) => (amount === '0' ? null : money({ amount, currency }))
  return (
    <Card
      title={invoice.number ?? texts.invoices.noNumber}
      actions={<StateBadge state={state} name={texts.invoiceStates[state]} />}
    >
      <Pairs
        rows={[
          [columns.customer, <CustomerName key="customer" id={invoice.customerId} />],
          [columns.issued, invoice.issuedOn === null ? null : day(invoice.issuedOn)],
          [columns.due, invoice.dueOn === null ? null : day(invoice.dueOn)],
          [columns.made, <When key="made" at={invoice.createdAt} />],
          [columns.total, money({ amount: invoice.total, currency })],
          [columns.paid, amountOf(invoice.paid)],
          [columns.credited, amountOf(invoice.credited)],
          [columns.remaining, money({ amount: invoice.remaining, currency })],
          [
            texts.payLink.title,
            state === 'draft' ? null : <PayLink key="link" invoiceId={invoice.id} />,
          ],
        ]}
      />
      <InvoiceSteps invoice={invoice} />
    </Card>
  )
}
