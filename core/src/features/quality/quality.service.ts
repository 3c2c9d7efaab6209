import type { Clock } from '../../kernel/index.ts'
import type { Transactional } from '../../platform/database/index.ts'
import { BATCH_FACTORS, type GateOverride, type GateReason, type GateState } from './gate.ts'
import { GateClosed, RedeemingStopped } from './quality.errors.ts'
import type { GateChange, QualityRepository } from './quality.repository.ts'

/** All that the quality service may touch. */
export interface QualityScope extends Transactional<QualityScope> {
  readonly clock: Clock
  readonly repos: { readonly quality: QualityRepository }
}

/** What the gate lets through at this moment. */
export interface Gate {
  readonly state: GateState
  readonly isIssuingAllowed: boolean
  readonly isRedeemingAllowed: boolean
  /** The part of a batch that may be issued. */
  readonly batchFactor: 0 | 0.5 | 1
  /** Why it is not simply open. */
  readonly reasons: readonly GateReason[]
  /** Somebody set it by hand; null while it takes care of itself. */
  readonly override: GateOverride | null
}

/** The growth gate: what is known of the growth, and what may be issued because of it. */
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
    const change = await repos.quality.findLastChange()
    const override = change ? overrideOf(change, clock.now()) : null
    const state = override?.state ?? change?.state ?? 'open'
    return {
      state,
      isIssuingAllowed: state !== 'closed',
      isRedeemingAllowed: change?.isRedeemingAllowed ?? true,
      batchFactor: BATCH_FACTORS[state],
      reasons: override ? [reasonOf('overridden')] : (change?.reasons ?? [reasonOf('no_sample')]),
      override,
    }
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
}

function reasonOf(code: GateReason['code']): GateReason {
  return { code, value: null, threshold: null }
}

/** The override of a change if it is in force at an instant. */
function overrideOf(change: GateChange, now: Date): GateOverride | null {
  const { overrideState: state, overrideUntil: until, overrideActor: actor } = change
  const reason = change.overrideReason
  if (!state || !until || actor === null || reason === null || until <= now) return null
  return { state, until, actor, reason }
}
