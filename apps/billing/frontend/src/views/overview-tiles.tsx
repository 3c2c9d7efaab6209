import type { Aged, MrrMonth, RevenueMonth } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { useFigures } from '../figures.ts'

/** The figures that people ask for first. */
export function OverviewTiles(props: {
  currency: string
  revenue: readonly RevenueMonth[]
  mrr: readonly MrrMonth[]
  aged: Aged | undefined
}) {
  const { texts } = useDesk()
  const { money, number, percent } = useFigures()
  const { currency, aged } = props
  const words = texts.overview
  const now = props.mrr.at(-1)
  const over = props.mrr.at(-2)
  const amountOf = (amount: string | undefined) => money({ amount: amount ?? '0', currency })
  const overdue = aged ? String(BigInt(aged.total) - BigInt(aged.notDue)) : '0'
  const tiles = [
    [words.earned, amountOf(props.revenue.at(-2)?.recognised)],
    [words.mrr, amountOf(now?.mrr.closing)],
    [words.arr, amountOf(now?.arr)],
    [words.customers, number(now?.customers.closing ?? 0)],
    [words.owed, amountOf(aged?.total)],
    [words.overdue, amountOf(overdue)],
    [words.retention, percent(over?.netRevenueRetention ?? null)],
  ] as const
  return (
    <dl className="tiles">
      {tiles.map(([name, value]) => (
        <div key={name} className="tile">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
