import { FUNNEL_STEPS, type GrowthAnalytics } from '@gramkit/core'
import { type CsvCell, csvLine } from '@gramkit/core/kernel'

/** What can be had as a file. */
export const CSV_TABLES = ['funnel', 'cohorts', 'series'] as const

/** One of {@link CSV_TABLES}. */
export type CsvTable = (typeof CSV_TABLES)[number]

/** Writes a table of the analytics as CSV: a head, then numbers and days alone. */
export function analyticsCsv(analytics: GrowthAnalytics, table: CsvTable): string {
  return TABLES[table](analytics).map(csvLine).join('')
}

const TABLES: Readonly<Record<CsvTable, (analytics: GrowthAnalytics) => CsvCell[][]>> = {
  funnel: ({ funnel }) => [
    ['step', 'people', 'of_previous'],
    ...funnel.map(({ step, people, ofPrevious }) => [step, people, ofPrevious]),
  ],
  cohorts: ({ cohorts }) => [
    [
      'week',
      ...FUNNEL_STEPS,
      ...(cohorts[0]?.activeByWeek ?? []).map((_, week) => `active_week_${week + 1}`),
    ],
    ...cohorts.map((cohort) => [
      cohort.week,
      ...FUNNEL_STEPS.map((step) => cohort[step]),
      ...cohort.activeByWeek,
    ]),
  ],
  series: ({ series }) => [
    ['day', 'joined', 'invited', 'admitted'],
    ...series.map(({ day, joined, invited, admitted }) => [day, joined, invited, admitted]),
  ],
}
