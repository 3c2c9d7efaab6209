import { addMs, type Clock, DAY_MS, InvalidValue, type PageRequest } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import type { OutboxRepository } from '../../platform/outbox/index.ts'
import type { SettingsService } from '../../platform/settings/index.ts'
import type { AuditRepository } from '../audit/index.ts'
import { findingsIn } from './alerts/alert.ts'
import type { AlertsService } from './alerts/alerts.service.ts'
import { decide, type GateDecision } from './gate.ts'
import {
  FRESH_GATE,
  type Gate,
  type GateChange,
  type GateHistory,
  type GateRow,
  gateOf,
  NO_OVERRIDE,
} from './gate-change.ts'
import { type Rates, ratesOf } from './metrics.ts'
import { GateClosed, RedeemingStopped } from './quality.errors.ts'
import { gateChanged, gateOverridden } from './quality.events.ts'
import type { QualityRepository } from './quality.repository.ts'
import type { Snapshot } from './snapshot.ts'
import { qualityThresholds } from './thresholds.ts'

/** All that the quality service may touch. */
export interface QualityScope extends Transactional<QualityScope> {
  readonly clock: Clock
  readonly settings: Pick<SettingsService, 'get'>
  readonly alerts: Pick<AlertsService, 'sync'>
  readonly repos: {
    readonly quality: QualityRepository
    readonly outbox: Pick<OutboxRepository, 'add'>
    readonly audit: Pick<AuditRepository, 'insert'>
  }
}

/** How the growth stands: the newest figures, what they come to, and the gate. */
export interface Standing extends Omit<GateDecision, 'state' | 'reasons'> {
  readonly gate: Gate
  /** Null of what does not tell of enough people. */
  readonly rates: Rates
  /** Undefined before anything was measured. */
  readonly snapshot: Snapshot | undefined
}

/** Who does something by hand, and why. */
export interface ByHand {
  /** `admin`, or a user's id. */
  readonly actor: string
  /** In 1 to 500 characters. */
  readonly reason: string
}

const OVERRIDE_DAYS_MAX = 30
const REASON_LENGTH_MAX = 500
const NOTHING_KNOWN: Rates = { churn: null, fraud: null, engagement: null }

/** The growth gate: what may be issued and redeemed by what is known of the growth. */
export class QualityService {
  readonly #scope: QualityScope

  constructor(scope: QualityScope) {
    this.#scope = scope
  }

  /**
   * What may be issued and redeemed now. An override is over the moment its time is, whether or not
   * anybody has written that down; before the first figures the gate is open and says `no_sample`.
   *
   * @example
   * const { isIssuingAllowed, batchFactor } = await tx.quality.gate()
   */
  async gate(): Promise<Gate> {
    const { clock, repos } = this.#scope
    return gateOf((await repos.quality.findLastChange()) ?? FRESH_GATE, clock.now())
  }

  /**
   * The gate, for whoever issues invitations.
   *
   * @throws {@link GateClosed} with the reasons
   */
  async requireIssuing(): Promise<Gate> {
    const gate = await this.gate()
    if (!gate.isIssuingAllowed) throw new GateClosed(gate)
    return gate
  }

  /**
   * Lets through whoever redeems an invitation.
   *
   * @throws {@link RedeemingStopped}
   */
  async requireRedeeming(): Promise<void> {
    if (!(await this.gate()).isRedeemingAllowed) throw new RedeemingStopped()
  }

  /** How the growth stands by the newest figures and the thresholds of this moment. */
  async standing(): Promise<Standing> {
    const { snapshot, rates, decision } = await judge(this.#scope, await lastRow(this.#scope))
    const { trust, health } = decision
    return { gate: await this.gate(), rates, snapshot, trust, health }
  }

  /**
   * Holds the newest figures against the thresholds: moves the gate, opens and resolves alerts, and
   * ends an override whose time is over. Does nothing where nothing has changed; who evaluates at the
   * same time waits. Gives the change if there was one.
   *
   * Emits `gate.changed`, `alert.opened`, `alert.resolved`.
   */
  async evaluate(actor = 'system'): Promise<GateChange | undefined> {
    return this.#scope.transaction(async (tx) => {
      await tx.repos.quality.lock()
      const was = await lastRow(tx)
      const { snapshot, findings, decision } = await judge(tx, was)
      if (snapshot) await tx.alerts.sync(findings, snapshot.id)
      const { state, reasons } = decision
      const isOver = was.overrideUntil !== null && was.overrideUntil <= tx.clock.now()
      if (!isOver && was.state === state && sameCodes(was, decision)) return undefined
      const decided = { state, reasons, snapshotId: snapshot?.id ?? null }
      return change(tx, was, {
        ...{ ...decided, ...(isOver ? NO_OVERRIDE : {}) },
        ...{ actor, reason: isOver ? 'override_over' : 'evaluated' },
      })
    })
  }

  /**
   * Sets the gate by hand, until an instant within 30 days; another override takes its place.
   *
   * Writes the audit entry and emits `gate.overridden`, and `gate.changed` where it lets through more
   * or less than before.
   *
   * @throws {@link InvalidValue} when the instant has passed or is too far away, or there is no reason
   * @example
   * await services.quality.override({ state: 'closed', until, actor, reason: 'an attack' })
   */
  async override({
    state,
    until,
    ...by
  }: ByHand & { readonly state: 'open' | 'closed'; readonly until: Date }): Promise<Gate> {
    checkReason(by.reason)
    return this.#scope.transaction(async (tx) => {
      const now = tx.clock.now()
      if (!(until > now && until <= addMs(now, OVERRIDE_DAYS_MAX * DAY_MS))) {
        throw new InvalidValue({ field: 'until', problem: 'is not within the next 30 days' })
      }
      await tx.repos.quality.lock()
      const made = await change(tx, await lastRow(tx), {
        ...by,
        ...{ overrideState: state, overrideUntil: until },
        ...{ overrideActor: by.actor, overrideReason: by.reason },
      })
      const told = { version: made.version, state, until: until.toISOString(), actor: by.actor }
      await tx.repos.outbox.add(
        gateOverridden.create({ occurredAt: now, subjectId: SUBJECT, payload: told }),
      )
      await note(tx, by, 'gate.overridden', { state, until: told.until })
      return gateOf(made, now)
    })
  }

  /** Lets the gate take care of itself again; does nothing where it does. Writes the audit entry. */
  async endOverride(by: ByHand): Promise<Gate> {
    checkReason(by.reason)
    return this.#scope.transaction(async (tx) => {
      await tx.repos.quality.lock()
      const was = await lastRow(tx)
      const now = tx.clock.now()
      if (!gateOf(was, now).override) return gateOf(was, now)
      const { state, reasons } = (await judge(tx, was)).decision
      const made = await change(tx, was, { ...by, ...NO_OVERRIDE, state, reasons })
      await note(tx, by, 'gate.override_ended', {})
      return gateOf(made, now)
    })
  }

  /**
   * Switches redeeming on or off, whatever the gate; does nothing where it is so. Writes the audit
   * entry and emits `gate.changed`.
   */
  async setRedeeming({
    isAllowed,
    ...by
  }: ByHand & { readonly isAllowed: boolean }): Promise<Gate> {
    checkReason(by.reason)
    return this.#scope.transaction(async (tx) => {
      await tx.repos.quality.lock()
      const was = await lastRow(tx)
      const now = tx.clock.now()
      if (was.isRedeemingAllowed === isAllowed) return gateOf(was, now)
      const made = await change(tx, was, { ...by, isRedeemingAllowed: isAllowed })
      await note(tx, by, 'gate.redeeming_switched', { isAllowed: String(isAllowed) })
      return gateOf(made, now)
    })
  }

  /** One page of what the gate was, newest first. */
  history(request: PageRequest = {}): Promise<GateHistory> {
    return this.#scope.repos.quality.listChanges(request)
  }
}

/** There is one gate. */
const SUBJECT = 'gate:growth'

async function lastRow({ repos }: QualityScope): Promise<GateRow> {
  return (await repos.quality.findLastChange()) ?? FRESH_GATE
}

/** What the newest figures come to, for a gate that was as it was. */
async function judge({ repos, settings }: QualityScope, { state }: GateRow) {
  const { value: thresholds } = await settings.get(qualityThresholds)
  const snapshot = await repos.quality.findLastSnapshot()
  const rates = snapshot ? ratesOf(snapshot.metrics, thresholds) : NOTHING_KNOWN
  const decision = decide(state, rates, thresholds)
  return { snapshot, rates, decision, findings: findingsIn(rates, decision.trust, thresholds) }
}

/** Writes down how the gate is from now on; only under its lock. */
async function change(
  { clock, repos }: QualityScope,
  was: GateRow,
  changes: Partial<GateRow> & ByHand,
): Promise<GateChange> {
  const createdAt = clock.now()
  const made: GateChange = { ...was, ...changes, version: was.version + 1, createdAt }
  await repos.quality.insertChange(made)
  const { state, isRedeemingAllowed, reasons } = gateOf(made, createdAt)
  const before = was.overrideState ?? was.state
  if (state !== before || isRedeemingAllowed !== was.isRedeemingAllowed) {
    await repos.outbox.add(
      gateChanged.create({
        occurredAt: createdAt,
        subjectId: SUBJECT,
        payload: {
          ...{ version: made.version, was: before, state, isRedeemingAllowed },
          reasons: reasons.map(({ code }) => code),
        },
      }),
    )
  }
  return made
}

function sameCodes(one: Pick<GateRow, 'reasons'>, other: Pick<GateRow, 'reasons'>): boolean {
  const codes = ({ reasons }: Pick<GateRow, 'reasons'>): string =>
    reasons.map(({ code }) => code).join()
  return codes(one) === codes(other)
}

function note(
  { clock, repos }: QualityScope,
  { actor, reason }: ByHand,
  action: string,
  facts: Readonly<Record<string, string>>,
): Promise<void> {
  const entry = { actor, action, subject: SUBJECT, facts: { ...facts, reason } }
  return repos.audit.insert({ ...entry, createdAt: clock.now() })
}

function checkReason(reason: string): void {
  if (reason.trim() === '' || reason.length > REASON_LENGTH_MAX) {
    throw new InvalidValue({ field: 'reason', problem: 'has not 1 to 500 characters' })
  }
}
