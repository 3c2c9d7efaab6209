import { FUNNEL_STEPS, type GrowthAnalytics } from '@gramkit/core'
import { expect, test } from 'vitest'
import { analyticsCsv } from './analytics-csv.ts'

const counts = { joined: 4, confirmed: 3, invited: 2, admitted: 1, referred: 0, qualified: 0 }
const analytics: GrowthAnalytics = {
  funnel: FUNNEL_STEPS.map((step) => ({
    step,
    people: counts[step],
    ofPrevious: step === 'joined' ? null : 0.5,
  })),
  kFactor: null,
  cohorts: [{ week: '2029-12-31', ...counts, activeByWeek: [1, 0] }],
  timeToInvite: { p50: null, p90: null },
  series: [{ day: '2030-01-01', joined: 4, invited: 2, admitted: 1 }],
}

test.each([
  [
    'funnel',
    'step,people,of_previous\r\njoined,4,\r\nconfirmed,3,0.5\r\ninvited,2,0.5\r\nadmitted,1,0.5\r\n' +
      'referred,0,0.5\r\nqualified,0,0.5\r\n',
  ],
  [
    'cohorts',
    'week,joined,confirmed,invited,admitted,referred,qualified,active_week_1,active_week_2\r\n' +
      '2029-12-31,4,3,2,1,0,0,1,0\r\n',
  ],
  ['series', 'day,joined,invited,admitted\r\n2030-01-01,4,2,1\r\n'],
] as const)(
  'the table %s is written with a head, an empty cell for what is not known',
  (table, csv) => {
    expect(analyticsCsv(analytics, table)).toBe(csv)
  },
)
