import { Card, DataTable, Loaded } from '@gramkit/mini-app/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { deskListQuery } from '../api/queries.ts'
import { type Subscription, subscriptionStatuses, subscriptionWire } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { useFigures } from '../figures.ts'
import { CustomerName } from '../ui/customer-name.tsx'
import { StateFilter } from '../ui/filters.tsx'
import { StateBadge } from '../ui/state-badge.tsx'

/** What customers are billed for. */
export function SubscriptionsView() {
  const desk = useDesk()
  const { texts } = desk
  const [isParked, setParked] = useState(false)
  const [status, setStatus] = useState<Subscription['status'] | ''>('')
  const filter = { status, parked: isParked ? 'true' : '' }
  const subscriptions = useInfiniteQuery(
    deskListQuery(desk, subscriptionWire, 'subscriptions', filter),
  )
  return (
    <Card title={texts.views.subscriptions}>
      <div className="filters">
        <StateFilter
          label={texts.columns.state}
          value={status}
          states={subscriptionStatuses}
          names={texts.subscriptionStatuses}
          onChange={setStatus}
        />
        <label className="check">
          <input
            type="checkbox"
            checked={isParked}
            onChange={({ target }) => setParked(target.checked)}
          />
          {texts.subscriptions.onlyParked}
        </label>
      </div>
      <Loaded query={subscriptions} rows={6}>
        {(rows) => <SubscriptionTable rows={rows} more={subscriptions} />}
      </Loaded>
    </Card>
  )
}

/** Subscriptions, one a row. */
export function SubscriptionTable(props: {
  rows: readonly Subscription[]
  more: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }
}) {
  const { texts } = useDesk()
  const { day, dayIn } = useFigures()
  const { columns } = texts
  const cycles: Readonly<Record<string, string>> = texts.cycles
  return (
    <DataTable
      label={texts.views.subscriptions}
      rows={props.rows}
      keyOf={({ id }) => id}
      empty={texts.subscriptions.none}
      more={props.more}
      columns={[
        { head: columns.customer, cell: ({ customerId }) => <CustomerName id={customerId} /> },
        {
          head: columns.state,
          cell: ({ status }) => (
            <StateBadge state={status} name={texts.subscriptionStatuses[status]} />
          ),
        },
        { head: columns.cycle, cell: ({ cycle }) => cycles[cycle] ?? cycle },
        {
          head: columns.since,
          cell: ({ startOn }) => <span className="when">{day(startOn)}</span>,
        },
        {
          head: columns.nextBill,
          cell: ({ nextBillingAt, timeZone, parkedReason }) => (
            <>
              <span className="when">{dayIn(nextBillingAt, timeZone)}</span>
              {parkedReason === null ? null : (
                <span className="wrong note">{texts.subscriptions.parked(parkedReason)}</span>
              )}
            </>
          ),
        },
      ]}
    />
  )
}
