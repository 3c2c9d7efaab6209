import { type Clock, InvalidValue } from '../../../kernel/index.ts'
import type { SettingsService, SettingVersion } from '../../../platform/settings/index.ts'
import { waitlistPlan } from '../batches/plan.ts'
import { type Weights, weightsSchema } from '../score.ts'
import { ExperimentNotRunning, ExperimentRunning } from '../waitlist.errors.ts'
import { readWeights } from '../weights.ts'
import { type Experiment, isRunning, waitlistExperiment } from './experiment.ts'
import type { ExperimentsRepository } from './experiments.repository.ts'
import type { CohortReport, Simulation } from './simulation.ts'

/** All that the experiments service may touch. */
export interface ExperimentsScope {
  readonly clock: Clock
  readonly settings: Pick<SettingsService, 'get' | 'read' | 'change'>
  readonly repos: { readonly waitlistExperiments: ExperimentsRepository }
}

/** Who decides, and why. */
interface Decision {
  readonly actor: string
  readonly reason: string
}

/** Of how many people a simulation sorts the positions: what an administrator waits for. */
const RANKED_MAX = 100_000

/** Experiments: second weights on a share of those who join, beside the weights of everybody. */
export class ExperimentsService {
  readonly #scope: ExperimentsScope

  constructor(scope: ExperimentsScope) {
    this.#scope = scope
  }

  /** The last experiment, running or not. */
  get(): Promise<SettingVersion<Experiment>> {
    return this.#scope.settings.get(waitlistExperiment)
  }

  /**
   * Scores a share of those who join from now on by other weights.
   *
   * @throws {@link ExperimentRunning} {@link SettingConflict} {@link InvalidValue}
   */
  async start(
    { weights, sharePercent }: { readonly weights: Weights; readonly sharePercent: number },
    decision: Decision,
  ): Promise<SettingVersion<Experiment>> {
    const { version, value } = await this.get()
    if (isRunning(value)) throw new ExperimentRunning()
    const startedAt = this.#scope.clock.now().toISOString()
    return this.#scope.settings.change(waitlistExperiment, {
      ...decision,
      value: { weights, sharePercent, startedAt, stoppedAt: null },
      expectedVersion: version,
    })
  }

  /**
   * Scores everybody by the same weights again.
   *
   * @throws {@link ExperimentNotRunning} {@link SettingConflict}
   */
  async stop(decision: Decision): Promise<SettingVersion<Experiment>> {
    const { version, value } = await this.get()
    if (!isRunning(value)) throw new ExperimentNotRunning()
    const stoppedAt = this.#scope.clock.now().toISOString()
    return this.#scope.settings.change(waitlistExperiment, {
      ...decision,
      value: { ...value, stoppedAt },
      expectedVersion: version,
    })
  }

  /**
   * Tells what other weights would do to those who wait, and to the next batch of the plan.
   *
   * @throws {@link InvalidValue} naming the weight
   */
  async simulate(weights: unknown): Promise<Simulation> {
    const others = parseWeights(weights)
    const { settings, repos } = this.#scope
    const { value: plan } = await settings.get(waitlistPlan)
    const compared = {
      now: (await readWeights(settings)).weights,
      after: (await readWeights(settings, others)).weights,
    }
    return repos.waitlistExperiments.simulate(compared, {
      batchSize: plan.size,
      rankedMax: RANKED_MAX,
    })
  }

  /** How the cohorts of the last experiment fare; nothing before there was one. */
  async report(): Promise<readonly CohortReport[]> {
    const { value } = await this.get()
    if (!value) return []
    const until = value.stoppedAt === null ? this.#scope.clock.now() : new Date(value.stoppedAt)
    return this.#scope.repos.waitlistExperiments.report(new Date(value.startedAt), until)
  }
}

function parseWeights(weights: unknown): Weights {
  const parsed = weightsSchema.safeParse(weights)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new InvalidValue({
    field: ['weights', ...(issue?.path ?? [])].join('.'),
    problem: `is refused: ${issue?.message ?? 'invalid'}`,
  })
}
