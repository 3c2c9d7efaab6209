import { addMs, type Clock, DAY_MS, InvalidValue, localDay, newId } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import type { SettingsService } from '../../platform/settings/index.ts'
import type { AuditRepository } from '../audit/index.ts'
import type { ActiveDaysRepository } from '../users/index.ts'
import { checkCount, checkRate, figureOf, type Metrics, ratesOf, trustOf } from './metrics.ts'
import type { QualityRepository } from './quality.repository.ts'
import type { QualityService } from './quality.service.ts'
import type { Snapshot, SnapshotSource } from './snapshot.ts'
import { qualityThresholds } from './thresholds.ts'

/** All that the snapshots service may touch. */
export interface SnapshotsScope extends Transactional<SnapshotsScope> {
  readonly clock: Clock
  readonly quality: Pick<QualityService, 'evaluate'>
  readonly settings: Pick<SettingsService, 'get'>
  readonly repos: {
    readonly activeDays: Pick<ActiveDaysRepository, 'figures'>
    readonly audit: Pick<AuditRepository, 'insert'>
    /** Sign-ups are counted above the features, by what is known of it. */
    readonly growth: {
      countSignUps(since: Date): Promise<{ readonly some: number; readonly all: number }>
    }
    readonly quality: QualityRepository
  }
}

/** Figures that somebody gives instead of what the kit counts. */
export interface PostedMetrics {
  readonly churn: number
  readonly fraud: number
  readonly engagement: number
  /** Of how many people the figures tell. [enough] */
  readonly sample?: number | undefined
}

const HOUR_MS = 3_600_000
/** Longer times are shown by one snapshot a day. */
const HOURLY_DAYS_MAX = 31
const DAYS_MAX = 800

/** What is known of the growth: counted every hour, or given by an admin. */
export class SnapshotsService {
  readonly #scope: SnapshotsScope

  constructor(scope: SnapshotsScope) {
    this.#scope = scope
  }

  /** Counts, writes a snapshot, and evaluates the gate by it, in one transaction. */
  measure(): Promise<Snapshot> {
    return this.#scope.transaction(async (tx) => {
      await tx.repos.quality.lock()
      return take(tx, await count(tx), { source: 'measured', actor: 'system' })
    })
  }

  /** Measures unless that was done within the hour; gives the number of snapshots, 0 or 1. */
  async measureDue(): Promise<number> {
    if (!(await isDue(this.#scope))) return 0
    return this.#scope.transaction(async (tx) => {
      await tx.repos.quality.lock()
      if (!(await isDue(tx))) return 0
      await take(tx, await count(tx), { source: 'measured', actor: 'system' })
      return 1
    })
  }

  /**
   * Takes figures that an admin gives, and evaluates the gate by them; they count until the next
   * snapshot. Writes the audit entry.
   *
   * @throws {@link InvalidValue} naming what is missing or no number from 0 to 1
   * @example
   * await services.qualitySnapshots.post({ churn: 0.12, fraud: 0.02, engagement: 0.75 }, 'admin')
   */
  async post(posted: PostedMetrics, actor: string): Promise<Snapshot> {
    const given = {
      churn: checkRate('churn', posted.churn),
      fraud: checkRate('fraud', posted.fraud),
      engagement: checkRate('engagement', posted.engagement),
    }
    if (posted.sample !== undefined) checkCount('sample', posted.sample)
    return this.#scope.transaction(async (tx) => {
      await tx.repos.quality.lock()
      const { value: thresholds } = await tx.settings.get(qualityThresholds)
      const sample = posted.sample ?? thresholds.sampleMin
      const metrics = {
        churn: { rate: given.churn, sample },
        fraud: { rate: given.fraud, sample },
        engagement: { rate: given.engagement, sample },
      }
      const snapshot = await take(tx, metrics, { source: 'posted', actor })
      await tx.repos.audit.insert({
        ...{ actor, action: 'quality.posted', subject: `quality_snapshot:${snapshot.id}` },
        facts: { ...mapTexts(given), sample: String(sample) },
        createdAt: snapshot.createdAt,
      })
      return snapshot
    })
  }

  /**
   * The snapshots of a time, oldest first, for charts; of more than 31 days one for each day.
   *
   * @throws {@link InvalidValue} when the time ends before it begins, or is longer than 800 days
   */
  async list({ from, to }: { readonly from: Date; readonly to: Date }): Promise<Snapshot[]> {
    const days = (to.getTime() - from.getTime()) / DAY_MS
    if (!(days >= 0 && days <= DAYS_MAX)) {
      throw new InvalidValue({ field: 'to', problem: `is not within ${DAYS_MAX} days after from` })
    }
    const isDaily = days > HOURLY_DAYS_MAX
    // Posted ones come on top of those of the hours.
    return this.#scope.repos.quality.listSnapshots({ from, to, isDaily, limit: 2_000 })
  }
}

async function isDue({ clock, repos }: SnapshotsScope): Promise<boolean> {
  const last = await repos.quality.findLastMeasuredAt()
  return last === undefined || addMs(last, HOUR_MS) <= clock.now()
}

async function count({ clock, repos }: SnapshotsScope): Promise<Metrics> {
  const active = await repos.activeDays.figures(localDay(clock.now(), 'UTC'))
  return {
    churn: figureOf('churn', { some: active.goneSince, all: active.activeEarlier }),
    fraud: figureOf('fraud', await repos.growth.countSignUps(addMs(clock.now(), -30 * DAY_MS))),
    engagement: figureOf('engagement', {
      some: active.activeIn7Days,
      all: active.activeIn30Days,
    }),
  }
}

async function take(
  { clock, quality, repos, settings }: SnapshotsScope,
  metrics: Metrics,
  by: { readonly source: SnapshotSource; readonly actor: string },
): Promise<Snapshot> {
  const { value: thresholds } = await settings.get(qualityThresholds)
  const trust = trustOf(ratesOf(metrics, thresholds), thresholds)
  const snapshot = { id: newId(), ...by, metrics, trust, createdAt: clock.now() }
  await repos.quality.insertSnapshot(snapshot)
  await quality.evaluate(by.actor)
  return snapshot
}

function mapTexts(values: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
}
