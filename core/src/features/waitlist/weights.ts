import type { SettingsService } from '../../platform/settings/index.ts'
import { isRunning, waitlistExperiment } from './experiments/experiment.ts'
import { type CohortWeights, type Weights, waitlistWeights } from './score.ts'

/** By what people are scored at this moment. */
export interface WeightsNow {
  readonly weights: CohortWeights
  readonly weightsVersion: number
}

/** Reads by what people are scored; given other weights, by what they would be. */
export async function readWeights(
  settings: Pick<SettingsService, 'get'>,
  instead?: Weights,
): Promise<WeightsNow> {
  const { value, version } = await settings.get(waitlistWeights)
  const { value: experiment } = await settings.get(waitlistExperiment)
  const control = instead ?? value
  const trial = isRunning(experiment) ? experiment.weights : control
  return { weights: { control, trial }, weightsVersion: version }
}
