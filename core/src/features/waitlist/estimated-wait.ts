/** How long somebody will wait, roughly. */
export type EstimatedWait =
  | '1-2 days'
  | '1 week'
  | '2-3 weeks'
  | '1 month'
  | '4-6 weeks'
  | 'over 6 weeks'

/** Positions up to which a wait is expected while nothing is known of the pace. */
const BY_POSITION: readonly (readonly [number, EstimatedWait])[] = [
  [50, '1-2 days'],
  [200, '1 week'],
  [500, '2-3 weeks'],
  [1_000, '1 month'],
]

const BY_DAYS: readonly (readonly [number, EstimatedWait])[] = [
  [2, '1-2 days'],
  [7, '1 week'],
  [21, '2-3 weeks'],
  [31, '1 month'],
  [42, '4-6 weeks'],
]

/** Estimates a wait by how many people a day were invited lately; by the position alone without that. */
export function estimateWait(position: number, invitedPerDay: number | null): EstimatedWait {
  if (invitedPerDay === null || invitedPerDay <= 0) return upTo(BY_POSITION, position, '4-6 weeks')
  return upTo(BY_DAYS, position / invitedPerDay, 'over 6 weeks')
}

function upTo(
  bands: readonly (readonly [number, EstimatedWait])[],
  value: number,
  beyond: EstimatedWait,
): EstimatedWait {
  return bands.find(([most]) => value <= most)?.[1] ?? beyond
}
