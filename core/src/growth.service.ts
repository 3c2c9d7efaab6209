import {
  FUNNEL_STEPS,
  type Funnel,
  type FunnelStep,
  type GrowthCohort,
  type GrowthDay,
  type GrowthGauges,
  type GrowthRepository,
} from './growth.repository.ts'
import type { Clock } from './kernel/index.ts'

/** All that the growth service may touch. */
export interface GrowthScope {
  readonly clock: Clock
  readonly repos: { readonly growth: GrowthRepository }
}

/** How many people came to a step. */
export interface FunnelRow {
  readonly step: FunnelStep
  readonly people: number
  /** Share of the step before; null where nobody was, and of the first. */
  readonly ofPrevious: number | null
}

/** How the launch goes. */
export interface GrowthAnalytics {
  readonly funnel: readonly FunnelRow[]
  /** How many people one person brings in two weeks; null while nobody has been there so long. */
  readonly kFactor: number | null
  readonly cohorts: readonly GrowthCohort[]
  /** In days, from a confirmed place to an invitation. */
  readonly timeToInvite: { readonly p50: number | null; readonly p90: number | null }
  readonly series: readonly GrowthDay[]
}

/** Numbers over the loop from joining the waitlist to bringing others. */
export class GrowthService {
  readonly #scope: GrowthScope

  constructor(scope: GrowthScope) {
    this.#scope = scope
  }

  /** How the launch goes. Reads whole tables: not for every request. */
  async analytics(): Promise<GrowthAnalytics> {
    const { clock, repos } = this.#scope
    const now = clock.now()
    return {
      funnel: funnelRows(await repos.growth.funnel()),
      kFactor: await repos.growth.kFactor(now),
      cohorts: await repos.growth.byWeek(now),
      timeToInvite: await repos.growth.daysToInvite(),
      series: await repos.growth.byDay(now),
    }
  }

  /** How far people came by each of the weights that are compared. */
  async byCohort(): Promise<readonly { readonly cohort: string; readonly funnel: FunnelRow[] }[]> {
    const cohorts = await this.#scope.repos.growth.byCohort()
    return cohorts.map(({ cohort, ...funnel }) => ({ cohort, funnel: funnelRows(funnel) }))
  }

  /** What monitoring watches. */
  gauges(): Promise<GrowthGauges> {
    return this.#scope.repos.growth.gauges(this.#scope.clock.now())
  }
}

function funnelRows(funnel: Funnel): FunnelRow[] {
  return FUNNEL_STEPS.map((step, index) => {
    const previous = FUNNEL_STEPS[index - 1]
    const before = previous === undefined ? 0 : funnel[previous]
    return { step, people: funnel[step], ofPrevious: before === 0 ? null : funnel[step] / before }
  })
}
