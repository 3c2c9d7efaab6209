import { whole } from '@gramkit/mini-app/texts'
import { CHART_AXIS, CHART_LEGEND, CHART_TOOLTIP } from '@gramkit/mini-app/ui'
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
import { useLaunchpad } from '../launchpad-context.tsx'
import { useAdminTexts } from './texts/texts.ts'

/** One line or one colour of bars. */
export interface Series {
  readonly key: string
  readonly name: string
}

/** Chosen to be told apart in light and dark, and without seeing red and green. */
const COLOURS = ['#3b82f6', '#f59e0b', '#10b981', '#a855f7']
const HEIGHT = 260
/** Of bars: each name, and the axis with what explains the colours. */
const ROW_HEIGHT = 44
const HEADROOM = 70
const NAME_WIDTH = 120
const MARGIN = { top: 8, right: 52, bottom: 0, left: 0 }
const AXIS_TEXT = { fill: 'var(--tgui--hint_color)', fontSize: 12 } as const

interface ChartParts {
  readonly label: string
  readonly data: readonly Readonly<Record<string, string | number | null>>[]
  /** The key of the words below the chart. */
  readonly by: string
  readonly series: readonly Series[]
  /** Values are parts of one, and written as percent. */
  readonly isShare?: boolean
}

/** How figures went over time. */
export function TrendChart(props: ChartParts & { readonly thresholds?: readonly number[] }) {
  const { series, by, label } = props
  const format = useFormat(props.isShare === true)
  const words = useAdminTexts()
  if (props.data.length < 2) return <p className="empty">{words.noTrend}</p>
  return (
    <figure className="chart" aria-label={label}>
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <LineChart data={[...props.data]} margin={MARGIN}>
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis dataKey={by} {...CHART_AXIS} minTickGap={24} />
          <YAxis
            {...CHART_AXIS}
            width={48}
            tickFormatter={format}
            {...(props.isShare ? { domain: [0, 1] } : { allowDecimals: false })}
          />
          <Tooltip formatter={(value) => format(Number(value))} {...CHART_TOOLTIP} />
          <Legend {...CHART_LEGEND} />
          {props.thresholds?.map((at) => (
            <ReferenceLine
              key={at}
              y={at}
              stroke="var(--tgui--destructive_text_color)"
              strokeDasharray="4 4"
              label={{ ...AXIS_TEXT, value: format(at), position: 'right' }}
            />
          ))}
          {series.map(({ key, name }, index) => (
            <Line
              key={key}
              dataKey={key}
              name={name}
              stroke={colour(index)}
              strokeWidth={2}
              dot={false}
              connectNulls
              isAnimationActive={false}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </figure>
  )
}

/** Figures one below the other: names of any length fit beside them, on a phone too. */
export function BarsChart({ label, data, by, series, isShare = false }: ChartParts) {
  const format = useFormat(isShare)
  const height = HEADROOM + data.length * ROW_HEIGHT
  return (
    <figure className="chart" aria-label={label}>
      <ResponsiveContainer width="100%" height={height}>
        <BarChart data={[...data]} layout="vertical" margin={MARGIN}>
          <CartesianGrid stroke="var(--line)" horizontal={false} />
          <XAxis type="number" {...CHART_AXIS} tickFormatter={format} allowDecimals={isShare} />
          <YAxis type="category" dataKey={by} {...CHART_AXIS} width={NAME_WIDTH} interval={0} />
          <Tooltip
            formatter={(value) => format(Number(value))}
            cursor={{ fill: 'var(--soft)' }}
            {...CHART_TOOLTIP}
          />
          {series.length > 1 ? <Legend {...CHART_LEGEND} /> : null}
          {series.map(({ key, name }, index) => (
            <Bar
              key={key}
              dataKey={key}
              name={name}
              fill={colour(index)}
              radius={[0, 4, 4, 0]}
              maxBarSize={24}
              isAnimationActive={false}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </figure>
  )
}

function colour(index: number): string {
  return COLOURS[index % COLOURS.length] ?? 'currentColor'
}

function useFormat(isShare: boolean): (value: number) => string {
  const { language } = useLaunchpad()
  const percent = new Intl.NumberFormat(language, { style: 'percent' })
  return (value) => (isShare ? percent.format(value) : whole(language, Math.round(value)))
}
