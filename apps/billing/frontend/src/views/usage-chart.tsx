import { Failure, SkeletonRows } from '@gramkit/mini-app/ui'
import { useQueries } from '@tanstack/react-query'
import { deskQuery } from '../api/queries.ts'
import { type Meter, usageTotalWire } from '../api/wire.ts'
import { COLOURS, StackedBars } from '../charts/chart.tsx'
import { useDesk } from '../desk-context.tsx'
import { useFigures } from '../figures.ts'
import { lastMonths } from './last-months.ts'

const MONTHS = 6

/** What was counted of a customer in each of the last months, by their days in UTC. */
export function UsageChart({ customerId, meter }: { customerId: string; meter: Meter }) {
  const desk = useDesk()
  const { texts } = desk
  const { month, number, compact } = useFigures()
  const months = lastMonths(new Date(), MONTHS)
  const totals = useQueries({
    queries: months.map((span) =>
      deskQuery(desk, usageTotalWire, 'usage/total', { customerId, meter: meter.code, ...span }),
    ),
  })
  const failed = totals.find(({ error }) => error)
  if (failed?.error) return <Failure error={failed.error} onRetry={() => void failed.refetch()} />
  if (totals.some(({ data }) => data === undefined)) return <SkeletonRows count={3} />
  const points = months.map(({ startsAt }, index) => {
    const quantity = totals[index]?.data?.quantity ?? '0'
    return { month: month(startsAt), drawn: Number(quantity), quantity }
  })
  return (
    <StackedBars
      label={texts.usage.of(meter.name, meter.unit)}
      points={points}
      by="month"
      byName={texts.columns.month}
      series={[{ key: 'drawn', name: meter.unit, colour: COLOURS.blue }]}
      short={compact}
      full={(_key, point) => `${number(point['quantity'] ?? 0)} ${meter.unit}`}
    />
  )
}
