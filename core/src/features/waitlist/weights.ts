import type { SettingsNow, SettingsService } from '../../platform/settings/index.ts'
import { isRunning, waitlistExperiment } from './experiments/experiment.ts'
import { type CohortWeights, type Weights, waitlistWeights } from './score.ts'

/** By what people are scored at this moment. */
export interface WeightsNow {
  readonly weights: CohortWeights
  readonly weightsVersion: number
}

/** The settings that people are scored by. */
export const SCORED_BY = [waitlistWeights, waitlistExperiment]

/** Reads by what people are scored; given other weights, by what they would be. */
export async function readWeights(
  settings: Pick<SettingsService, 'read'>,
  instead?: Weights,
): Promise<WeightsNow> {
  return weightsOf(await settings.read(SCORED_BY), instead)
}

/** By what people are scored, out of settings that were read. */
export function weightsOf(now: SettingsNow, instead?: Weights): WeightsNow {
  const { value, version } = now(waitlistWeights)
  const { value: experiment } = now(waitlistExperiment)
  const control = instead ?? value
  const trial = isRunning(experiment) ? experiment.weights : control
  return { weights: { control, trial }, weightsVersion: version }
}
