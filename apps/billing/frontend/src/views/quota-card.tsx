import { toRequestFailed } from '@gramkit/mini-app/requests'
import { Card, Failure, When } from '@gramkit/mini-app/ui'
import { useQuery } from '@tanstack/react-query'
import { deskQuery } from '../api/queries.ts'
import { type Meter, quotaStateWire } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { useFigures } from '../figures.ts'
import { Pairs } from '../ui/pairs.tsx'

/** How far a customer's quota is used; says so where there is none. */
export function QuotaCard({ customerId, meter }: { customerId: string; meter: Meter }) {
  const desk = useDesk()
  const { texts } = desk
  const { number } = useFigures()
  const asked = { customerId, meter: meter.code }
  const quota = useQuery({
    ...deskQuery(desk, quotaStateWire, 'quotas/state', asked),
    retry: false,
  })
  const failure = quota.error ? toRequestFailed(quota.error) : undefined
  const state = quota.data
  if (failure?.status === 404) {
    return <Card title={texts.usage.quota} note={texts.usage.noQuota} />
  }
  return (
    <Card title={texts.usage.quota}>
      {failure ? <Failure error={failure} onRetry={() => void quota.refetch()} /> : null}
      {state ? (
        <>
          <meter
            className="meter"
            aria-label={texts.usage.quota}
            min={0}
            max={Math.max(Number(state.quantity), 1)}
            value={Number(state.used)}
          />
          <Pairs
            rows={[
              [texts.usage.allowed, `${number(state.quantity)} ${meter.unit}`],
              [texts.usage.used, number(state.used)],
              [texts.usage.held, number(state.held)],
              [texts.usage.left, number(state.remaining)],
              [texts.usage.until, <When key="until" at={state.endsAt} />],
            ]}
          />
        </>
      ) : null}
    </Card>
  )
}
