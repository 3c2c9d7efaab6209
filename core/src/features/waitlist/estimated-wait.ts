import { z } from 'zod'
import { defineSetting, type Setting } from '../../platform/settings/index.ts'

/** How long somebody will wait, roughly. */
export type EstimatedWait =
  | '1-2 days'
  | '1 week'
  | '2-3 weeks'
  | '1 month'
  | '4-6 weeks'
  | 'over 6 weeks'

const BY_POSITION = ['1-2 days', '1 week', '2-3 weeks', '1 month'] as const

const position = z.int().min(1).max(100_000_000)

const waitsSchema = z
  .strictObject({
    '1-2 days': position,
    '1 week': position,
    '2-3 weeks': position,
    '1 month': position,
  })
  .refine((waits) => {
    const bounds = BY_POSITION.map((wait) => waits[wait])
    return bounds.every((bound, index) => index === 0 || bound > (bounds[index - 1] ?? 0))
  }, 'a longer wait ends at a later position')

/** Positions up to which a wait is expected while nothing is known of the pace. */
export type Waits = z.output<typeof waitsSchema>

/** What people are told of their wait before the first batch; an administrator may change it. */
export const waitlistWaits: Setting<Waits> = defineSetting({
  name: 'waitlist.waits',
  schema: waitsSchema,
  initial: { '1-2 days': 50, '1 week': 200, '2-3 weeks': 500, '1 month': 1_000 },
})

const BY_DAYS: readonly (readonly [number, EstimatedWait])[] = [
  [2, '1-2 days'],
  [7, '1 week'],
  [21, '2-3 weeks'],
  [31, '1 month'],
  [42, '4-6 weeks'],
]

/** Estimates a wait by how many people a day were invited lately; by the position alone without that. */
export function estimateWait(
  position: number,
  invitedPerDay: number | null,
  waits: Waits,
): EstimatedWait {
  if (invitedPerDay === null || invitedPerDay <= 0) {
    return BY_POSITION.find((wait) => position <= waits[wait]) ?? '4-6 weeks'
  }
  return upTo(BY_DAYS, position / invitedPerDay, 'over 6 weeks')
}

function upTo(
  bands: readonly (readonly [number, EstimatedWait])[],
  value: number,
  beyond: EstimatedWait,
): EstimatedWait {
  return bands.find(([most]) => value <= most)?.[1] ?? beyond
}
