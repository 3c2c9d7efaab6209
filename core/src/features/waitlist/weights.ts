import type { SettingsService } from '../../platform/settings/index.ts'
import { type CohortWeights, waitlistWeights } from './score.ts'

/** Reads by what people are scored at this moment. */
export async function readWeights(
  settings: Pick<SettingsService, 'get'>,
): Promise<{ readonly weights: CohortWeights; readonly weightsVersion: number }> {
  const { value, version } = await settings.get(waitlistWeights)
  return { weights: { control: value, trial: value }, weightsVersion: version }
}
