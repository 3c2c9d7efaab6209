import { Card } from '@gramkit/mini-app/ui'
import type { Aged, MrrMonth, RevenueMonth } from '../api/wire.ts'
import { COLOURS, Lines, type Point, StackedBars } from '../charts/chart.tsx'
import { useDesk } from '../desk-context.tsx'
import { drawn, useFigures } from '../figures.ts'

/** What was earned in each month. */
export function RevenueCard({
  currency,
  rows,
}: {
  currency: string
  rows: readonly RevenueMonth[]
}) {
  const { texts } = useDesk()
  const { month, money, shortMoney } = useFigures()
  const words = texts.overview
  const points = rows.map((row) => ({
    month: month(`${row.month}-01`),
    recognised: drawn({ amount: row.recognised, currency }),
    exact: row.recognised,
  }))
  return (
    <Card title={words.revenue} note={words.revenueNote}>
      <StackedBars
        label={words.revenue}
        points={points}
        by="month"
        byName={texts.columns.month}
        series={[{ key: 'recognised', name: words.recognised, colour: COLOURS.blue }]}
        short={(major) => shortMoney(major, currency)}
        full={(_key, { exact }) => money({ amount: String(exact), currency })}
      />
    </Card>
  )
}

const GAINS = ['new', 'reactivation', 'expansion'] as const
const LOSSES = ['contraction', 'churn'] as const
const MOVES = [...GAINS, ...LOSSES]

const MOVE_COLOURS = {
  new: COLOURS.blue,
  reactivation: COLOURS.purple,
  expansion: COLOURS.green,
  contraction: COLOURS.amber,
  churn: COLOURS.red,
} as const

/** How recurring revenue moved: what came stands above the line, what was lost below. */
export function MovementCard({ currency, rows }: { currency: string; rows: readonly MrrMonth[] }) {
  const { texts } = useDesk()
  const { month, money, shortMoney } = useFigures()
  const words = texts.overview
  const points = rows.map((row): Point => {
    const exact = MOVES.map((part) => [`${part}Exact`, signed(part, row.mrr[part])])
    const parts = MOVES.map((part) => {
      return [part, drawn({ amount: signed(part, row.mrr[part]), currency })]
    })
    return { month: month(`${row.month}-01`), ...Object.fromEntries([...parts, ...exact]) }
  })
  return (
    <Card title={words.movement} note={words.movementNote}>
      <StackedBars
        label={words.movement}
        points={points}
        by="month"
        byName={texts.columns.month}
        series={MOVES.map((key) => ({ key, name: words.parts[key], colour: MOVE_COLOURS[key] }))}
        short={(major) => shortMoney(major, currency)}
        full={(key, point) => money({ amount: String(point[`${key}Exact`] ?? '0'), currency })}
      />
    </Card>
  )
}

/** The report tells losses as what they take off. */
function signed(part: (typeof MOVES)[number], amount: string): string {
  return LOSSES.some((loss) => loss === part) && amount !== '0' ? `-${amount}` : amount
}

const AGES = ['notDue', 'days1To30', 'days31To60', 'days61To90', 'over90Days'] as const

/** What is owed, by how long it is due. */
export function AgingCard({ currency, row }: { currency: string; row: Aged | undefined }) {
  const { texts } = useDesk()
  const { money, shortMoney } = useFigures()
  const words = texts.overview
  const points = row
    ? AGES.map((age) => ({
        age: words.ages[age],
        owed: drawn({ amount: row[age], currency }),
        exact: row[age],
      }))
    : []
  return (
    <Card title={words.aging}>
      <StackedBars
        label={words.aging}
        points={points}
        by="age"
        byName={words.age}
        series={[{ key: 'owed', name: words.owed, colour: COLOURS.amber }]}
        short={(major) => shortMoney(major, currency)}
        full={(_key, { exact }) => money({ amount: String(exact), currency })}
      />
    </Card>
  )
}

/** Which part of customers and of revenue was lost in each month. */
export function ChurnCard({ rows }: { rows: readonly MrrMonth[] }) {
  const { texts } = useDesk()
  const { month, percent } = useFigures()
  const words = texts.overview
  const points = rows.flatMap((row) =>
    row.customerChurn === null && row.revenueChurn === null
      ? []
      : [
          {
            month: month(`${row.month}-01`),
            customers: Number(row.customerChurn ?? 0),
            revenue: Number(row.revenueChurn ?? 0),
          },
        ],
  )
  return (
    <Card title={words.churn} note={words.churnNote}>
      <Lines
        label={words.churn}
        points={points}
        by="month"
        byName={texts.columns.month}
        series={[
          { key: 'customers', name: words.churnParts.customers, colour: COLOURS.purple },
          { key: 'revenue', name: words.churnParts.revenue, colour: COLOURS.red },
        ]}
        short={(share) => percent(share)}
        full={(key, point) => percent(point[key] ?? null)}
      />
    </Card>
  )
}
