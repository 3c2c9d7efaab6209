import { Card, Loaded } from '@gramkit/mini-app/ui'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { deskListQuery, deskQuery } from '../api/queries.ts'
import { type Customer, customerWire, invoiceWire, subscriptionWire } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { hashOf } from '../route.ts'
import { Pairs } from '../ui/pairs.tsx'
import { InvoiceTable } from './invoices-view.tsx'
import { SubscriptionTable } from './subscriptions-view.tsx'

/** One customer, with what they are asked for. */
export function CustomerView({ id }: { id: string }) {
  const desk = useDesk()
  const { texts } = desk
  const customer = useQuery(deskQuery(desk, customerWire, `customers/${id}`))
  const filter = { customerId: id }
  const invoices = useInfiniteQuery(deskListQuery(desk, invoiceWire, 'invoices', filter))
  const subscriptions = useInfiniteQuery(
    deskListQuery(desk, subscriptionWire, 'subscriptions', filter),
  )
  return (
    <>
      <a href={hashOf('customers')} className="back">
        {texts.customers.back}
      </a>
      <Loaded query={customer} rows={4}>
        {(found) => <Facts customer={found} />}
      </Loaded>
      <Card title={texts.views.subscriptions}>
        <Loaded query={subscriptions} rows={2}>
          {(rows) => <SubscriptionTable rows={rows} more={subscriptions} />}
        </Loaded>
      </Card>
      <Card title={texts.views.invoices}>
        <Loaded query={invoices} rows={3}>
          {(rows) => <InvoiceTable rows={rows} more={invoices} />}
        </Loaded>
      </Card>
    </>
  )
}

function Facts({ customer }: { customer: Customer }) {
  const { texts } = useDesk()
  const { columns } = texts
  const { company, name, paymentTermsDays } = customer
  return (
    <Card title={company ?? name} note={company === null ? undefined : name}>
      <Pairs
        rows={[
          [columns.code, customer.code],
          [columns.email, customer.email],
          [columns.address, customer.address.join(', ')],
          [columns.country, customer.country],
          [columns.taxId, customer.taxId],
          [columns.currency, customer.currency],
          [columns.timeZone, customer.timeZone],
          [
            texts.customer.terms,
            paymentTermsDays === null ? texts.customer.tenantTerms : texts.days(paymentTermsDays),
          ],
          [texts.customer.autoCharge, customer.autoCharge ? texts.yes : texts.no],
        ]}
      />
    </Card>
  )
}
