import { addMs, type Clock, DAY_MS } from '../../kernel/index.ts'
import { type DueWork, type EventSubscription, subscribe } from '../../platform/jobs/index.ts'
import { settingChanged } from '../../platform/settings/index.ts'
import type { QualityRepository } from './quality.repository.ts'
import type { QualityService } from './quality.service.ts'
import type { SnapshotsService } from './snapshots.service.ts'
import { qualityThresholds } from './thresholds.ts'

interface Scope {
  readonly clock: Clock
  readonly quality: Pick<QualityService, 'evaluate'>
  readonly qualitySnapshots: Pick<SnapshotsService, 'measureDue'>
  readonly repos: {
    readonly quality: Pick<QualityRepository, 'findLastChange' | 'findLastMeasuredAt'>
  }
}

/**
 * Counts every hour. A clock that is moved stops for it once a day only, so that a month is not 720
 * stops.
 */
export const measureDueQuality: DueWork<Scope> = {
  name: 'quality.measure_due',
  everyMs: 60_000,
  async nextDueAt({ clock, repos }) {
    const last = await repos.quality.findLastMeasuredAt()
    return last ? addMs(last, DAY_MS) : clock.now()
  },
  runDue: ({ qualitySnapshots }) => qualitySnapshots.measureDue(),
}

/** Evaluates the gate every five minutes, and ends overrides whose time is over. */
export const evaluateDueQuality: DueWork<Scope> = {
  name: 'quality.evaluate_due',
  everyMs: 300_000,
  nextDueAt: async ({ repos }) => (await repos.quality.findLastChange())?.overrideUntil ?? null,
  runDue: async ({ quality }) => ((await quality.evaluate()) ? 1 : 0),
}

/** Evaluates the gate as soon as its thresholds change. */
export const evaluateByNewThresholds: EventSubscription<Scope> = subscribe({
  event: settingChanged,
  consumer: 'quality.evaluate',
  async handle({ quality }: Scope, { payload }) {
    if (payload.setting === qualityThresholds.name) await quality.evaluate()
  },
})
