import { createHash } from 'node:crypto'
import { z } from 'zod'
import { defineSetting, type Setting } from '../../../platform/settings/index.ts'
import { type Cohort, weightsSchema } from '../score.ts'

/** Second weights that a share of those who join is scored by. */
export const experimentSchema = z
  .strictObject({
    weights: weightsSchema,
    sharePercent: z.int().min(1).max(99),
    startedAt: z.iso.datetime(),
    stoppedAt: z.iso.datetime().nullable(),
  })
  .nullable()

/** The last experiment, running or not; null before there was one. */
export type Experiment = z.output<typeof experimentSchema>

/** Which weights are tried on whom. */
export const waitlistExperiment: Setting<Experiment> = defineSetting({
  name: 'waitlist.experiment',
  schema: experimentSchema,
  initial: null,
})

/** Tells whether an experiment scores anybody now. */
export function isRunning(
  experiment: Experiment,
): experiment is NonNullable<Experiment> & { readonly stoppedAt: null } {
  return experiment !== null && experiment.stoppedAt === null
}

/** By which weights somebody who joins is scored: their id decides, so nobody can choose. */
export function cohortOf(entryId: string, experiment: Experiment): Cohort {
  if (!isRunning(experiment)) return 'control'
  const drawn = createHash('sha256').update(entryId).digest().readUInt32BE(0) % 100
  return drawn < experiment.sharePercent ? 'trial' : 'control'
}
