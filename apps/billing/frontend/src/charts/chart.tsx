import { CHART_AXIS, CHART_LEGEND, CHART_TOOLTIP, DataTable } from '@gramkit/mini-app/ui'
import type { ReactNode } from 'react'
import {
  Bar,
  BarChart,
  CartesianGrid,
  Legend,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import { useDesk } from '../desk-context.tsx'

/** One line, or one colour of bars. */
export interface Series {
  readonly key: string
  readonly name: string
  readonly colour: string
}

/** Chosen to be told apart in light and dark, and without seeing red and green. */
export const COLOURS = {
  blue: '#3b82f6',
  amber: '#f59e0b',
  green: '#10b981',
  purple: '#a855f7',
  red: '#f43f5e',
  grey: '#94a3b8',
} as const

/** Figures of one column of a chart: what stands below it, and a number for each series. */
export type Point = Readonly<Record<string, string | number>>

interface ChartParts {
  /** What the chart shows; also the name of its table. */
  readonly label: string
  readonly points: readonly Point[]
  /** The key of the words below the chart, and what they are. */
  readonly by: string
  readonly byName: string
  readonly series: readonly Series[]
  /** Values as the axis has room for. */
  readonly short: (value: number) => string
  /** Values in full: which figure, of which point. */
  readonly full: (key: string, point: Point) => string
}

const HEIGHT = 260
const MARGIN = { top: 8, right: 28, bottom: 0, left: 0 }
const AXIS_WIDTH = 72

/** Bars beside each other, one for each moment; parts of one bar stand on each other, losses below. */
export function StackedBars(props: ChartParts) {
  return (
    <Figure {...props}>
      <BarChart data={[...props.points]} margin={MARGIN} stackOffset="sign">
        {axesOf(props)}
        <ReferenceLine y={0} stroke="var(--tgui--hint_color)" />
        {props.series.map(({ key, name, colour }) => (
          <Bar
            key={key}
            dataKey={key}
            name={name}
            stackId="parts"
            fill={colour}
            maxBarSize={40}
            isAnimationActive={false}
          />
        ))}
      </BarChart>
    </Figure>
  )
}

/** How figures went. */
export function Lines(props: ChartParts) {
  return (
    <Figure {...props}>
      <LineChart data={[...props.points]} margin={MARGIN}>
        {axesOf(props)}
        {props.series.map(({ key, name, colour }) => (
          <Line
            key={key}
            dataKey={key}
            name={name}
            stroke={colour}
            strokeWidth={2}
            dot={{ r: 3 }}
            connectNulls
            isAnimationActive={false}
          />
        ))}
      </LineChart>
    </Figure>
  )
}

/** A chart, and the same figures as a table: not everybody sees pictures. */
function Figure({ children, ...props }: ChartParts & { children: ReactNode }) {
  const { texts } = useDesk()
  const { label, points, by, byName, series, full } = props
  if (points.length === 0) return <p className="empty">{texts.charts.nothing}</p>
  return (
    <>
      <figure className="chart" aria-label={label}>
        <ResponsiveContainer width="100%" height={HEIGHT}>
          {children}
        </ResponsiveContainer>
      </figure>
      <details>
        <summary>{texts.charts.table}</summary>
        <DataTable
          label={label}
          rows={points}
          keyOf={(point) => String(point[by])}
          empty={texts.charts.nothing}
          columns={[
            { head: byName, cell: (point) => String(point[by]) },
            ...series.map(({ key, name }) => ({
              head: name,
              cell: (point: Point) => full(key, point),
              isNumber: true,
            })),
          ]}
        />
      </details>
    </>
  )
}

function axesOf({ by, short, full, series }: ChartParts) {
  const nameOf = new Map(series.map(({ key, name }) => [name, key]))
  return (
    <>
      <CartesianGrid stroke="var(--line)" vertical={false} />
      <XAxis dataKey={by} {...CHART_AXIS} minTickGap={16} />
      <YAxis {...CHART_AXIS} width={AXIS_WIDTH} tickFormatter={short} />
      <Tooltip
        formatter={(_value, name, { payload }) =>
          full(nameOf.get(String(name)) ?? String(name), payload)
        }
        cursor={{ fill: 'var(--soft)' }}
        {...CHART_TOOLTIP}
      />
      {series.length > 1 ? <Legend {...CHART_LEGEND} /> : null}
    </>
  )
}
