import { useLaunchpad } from '../launchpad-context.tsx'

/** How figures of people and rates are written. */
export function useFigures() {
  const { language } = useLaunchpad()
  const share = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 })
  const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 2 })
  const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone: 'UTC' })
  const hour = new Intl.DateTimeFormat(language, {
    ...{ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  })
  return {
    /** A part of one; a dash where it is not known. */
    percent: (value: number | null) => (value === null ? '–' : share.format(value)),
    decimal: (value: number) => plain.format(value),
    /** Trust is a figure by itself, all others are parts of people. */
    measure: (name: string, value: number) =>
      name.startsWith('trust') ? plain.format(value) : share.format(value),
    /** A day of a chart. */
    shortDay: (instant: string) => day.format(Date.parse(instant)),
    /** An hour of a chart. */
    shortMoment: (instant: string) => hour.format(Date.parse(instant)),
  }
}
