import { Loaded } from '@gramkit/mini-app/ui'
import { useQuery } from '@tanstack/react-query'
import { deskQuery } from '../api/queries.ts'
import { pageOf, subscriptionWire } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { CustomerName } from '../ui/customer-name.tsx'

const NAMED_MAX = 100

/** Subscriptions that could not be billed, each with the reason. */
export function ParkedList() {
  const desk = useDesk()
  const { texts } = desk
  const parked = useQuery(
    deskQuery(desk, pageOf(subscriptionWire), 'subscriptions', {
      parked: 'true',
      limit: NAMED_MAX,
    }),
  )
  return (
    <>
      <p className="hint">{texts.runs.parkedNote}</p>
      <Loaded query={parked} rows={1}>
        {({ items }) => (
          <ul className="plain">
            {items.map(({ id, customerId, parkedReason }) => (
              <li key={id} className="parked">
                <CustomerName id={customerId} /> <span>{parkedReason}</span>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </>
  )
}
