import { whole } from '@gramkit/mini-app/texts'
import { Card, DataTable, Failure, Loaded } from '@gramkit/mini-app/ui'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import type * as z from 'zod/mini'
import { useLaunchpad } from '../launchpad-context.tsx'
import { BarsChart, TrendChart } from './chart.tsx'
import { useFigures } from './figures.ts'
import { adminQuery } from './queries.ts'
import { useAdminTexts } from './texts/texts.ts'
import { analyticsWire } from './wire.ts'

type Analytics = z.infer<typeof analyticsWire>

const TABLES = ['funnel', 'cohorts', 'series'] as const

/** How the launch goes: from joining to bringing others. */
export function OverviewView() {
  const launchpad = useLaunchpad()
  const words = useAdminTexts().overview
  const analytics = useQuery(adminQuery(launchpad, analyticsWire, '/api/waitlist/analytics'))
  return (
    <Loaded query={analytics} rows={6}>
      {(figures) =>
        figures.funnel[0]?.people === 0 ? (
          <p className="empty">{words.nobody}</p>
        ) : (
          <>
            <KeyFigures analytics={figures} />
            <Funnel funnel={figures.funnel} />
            <Days series={figures.series} />
            <Cohorts cohorts={figures.cohorts} />
            <Activity cohorts={figures.cohorts} />
          </>
        )
      }
    </Loaded>
  )
}

function KeyFigures({ analytics }: { analytics: Analytics }) {
  const { language } = useLaunchpad()
  const words = useAdminTexts().overview
  const { decimal } = useFigures()
  const days = (value: number | null) => (value === null ? '–' : words.days(decimal(value)))
  const first = analytics.funnel[0]?.people ?? 0
  const last = analytics.funnel.at(-1)?.people ?? 0
  const figures = [
    { name: words.joined, value: whole(language, first) },
    { name: words.qualified, value: whole(language, last) },
    { name: words.kFactor, value: analytics.k_factor === null ? '–' : decimal(analytics.k_factor) },
    { name: words.timeToInvite, value: days(analytics.time_to_invite.p50) },
    { name: words.timeToInviteSlow, value: days(analytics.time_to_invite.p90) },
  ]
  return (
    <dl className="tiles">
      {figures.map(({ name, value }) => (
        <div key={name} className="tile">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Funnel({ funnel }: { funnel: Analytics['funnel'] }) {
  const words = useAdminTexts()
  const { percent } = useFigures()
  const names: Readonly<Record<string, string>> = words.steps
  const rows = funnel.map((row) => ({ ...row, name: names[row.step] ?? row.step }))
  return (
    <Card title={words.overview.funnel} actions={<CsvButtons />}>
      <BarsChart
        label={words.overview.funnel}
        data={rows}
        by="name"
        series={[{ key: 'people', name: words.columns.people }]}
      />
      <DataTable
        label={words.overview.funnel}
        rows={rows}
        keyOf={({ step }) => step}
        empty={words.nothing}
        columns={[
          { head: words.columns.step, cell: ({ name }) => name },
          {
            head: words.columns.people,
            cell: ({ people }) => people,
            isNumber: true,
          },
          {
            head: words.columns.ofPrevious,
            cell: ({ of_previous: share }) => percent(share),
            isNumber: true,
          },
        ]}
      />
    </Card>
  )
}

function Days({ series }: { series: Analytics['series'] }) {
  const words = useAdminTexts()
  const { shortDay } = useFigures()
  return (
    <Card title={words.overview.daysTitle}>
      <TrendChart
        label={words.overview.daysTitle}
        data={series.map((row) => ({ ...row, day: shortDay(row.day) }))}
        by="day"
        series={[
          { key: 'joined', name: words.steps.joined },
          { key: 'invited', name: words.steps.invited },
          { key: 'admitted', name: words.steps.admitted },
        ]}
      />
    </Card>
  )
}

function Cohorts({ cohorts }: { cohorts: Analytics['cohorts'] }) {
  const words = useAdminTexts()
  const { shortDay, percent } = useFigures()
  const shares = cohorts.map(({ week, joined, ...of }) => ({
    week: shortDay(week),
    joined,
    ...{ invited: part(of.invited, joined), admitted: part(of.admitted, joined) },
    qualified: part(of.qualified, joined),
  }))
  const steps = ['invited', 'admitted', 'qualified'] as const
  return (
    <Card title={words.overview.cohorts} note={words.overview.cohortsNote}>
      <TrendChart
        label={words.overview.cohorts}
        isShare
        data={shares}
        by="week"
        series={steps.map((key) => ({ key, name: words.steps[key] }))}
      />
      <DataTable
        label={words.overview.cohorts}
        rows={shares}
        keyOf={({ week }) => week}
        empty={words.nothing}
        columns={[
          { head: words.columns.week, cell: ({ week }) => week },
          { head: words.steps.joined, cell: ({ joined }) => joined, isNumber: true },
          ...steps.map((key) => ({
            head: words.steps[key],
            cell: (row: (typeof shares)[number]) => percent(row[key]),
            isNumber: true,
          })),
        ]}
      />
    </Card>
  )
}

/** Weeks of which a curve is drawn: more cannot be told apart. */
const CURVES = 4

function Activity({ cohorts }: { cohorts: Analytics['cohorts'] }) {
  const words = useAdminTexts().overview
  const { shortDay } = useFigures()
  const drawn = cohorts.filter(({ admitted }) => admitted > 0).slice(-CURVES)
  const length = Math.max(0, ...drawn.map(({ active_by_week: weeks }) => weeks.length))
  const data = Array.from({ length }, (_, index) => ({
    week: words.weekNumber(index + 1),
    ...Object.fromEntries(
      drawn.map(({ week, admitted, active_by_week: weeks }) => {
        const active = weeks[index]
        return [week, active === undefined ? null : part(active, admitted)]
      }),
    ),
  }))
  return (
    <Card title={words.active} note={words.activeNote}>
      <TrendChart
        label={words.active}
        isShare
        data={data}
        by="week"
        series={drawn.map(({ week }) => ({ key: week, name: shortDay(week) }))}
      />
    </Card>
  )
}

/** Downloads by the page, as a link alone would carry no token. */
function CsvButtons() {
  const { adminApi } = useLaunchpad()
  const words = useAdminTexts()
  const download = useMutation({
    mutationFn: async (table: (typeof TABLES)[number]) => {
      const csv = await adminApi.text(`/api/waitlist/analytics.csv?table=${table}`)
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }))
      link.download = `${table}.csv`
      link.click()
      URL.revokeObjectURL(link.href)
    },
  })
  return (
    <div className="actions">
      {TABLES.map((table) => (
        <Button
          key={table}
          size="s"
          mode="bezeled"
          loading={download.isPending && download.variables === table}
          onClick={() => download.mutate(table)}
        >
          {words.overview.csv[table]}
        </Button>
      ))}
      {download.error ? <Failure error={download.error} onHide={download.reset} /> : null}
    </div>
  )
}

function part(count: number, of: number): number | null {
  return of === 0 ? null : count / of
}
