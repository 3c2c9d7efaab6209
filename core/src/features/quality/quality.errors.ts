import { AppError } from '../../kernel/index.ts'
import type { GateReason } from './gate.ts'

/** No invitations are issued while the gate is closed. */
export class GateClosed extends AppError {
  readonly code = 'quality.gate_closed'
  readonly kind = 'locked'

  constructor(facts: { reasons: readonly GateReason[] }) {
    const reasons = facts.reasons.map(({ code, value, threshold }) =>
      value === null ? code : `${code} (${value}, threshold ${threshold})`,
    )
    super(`No invitations are issued: ${reasons.join(', ')}`, { reasons: reasons.join(', ') })
  }
}

/** Nobody redeems invitations while the switch is off. */
export class RedeemingStopped extends AppError {
  readonly code = 'quality.redeeming_stopped'
  readonly kind = 'locked'

  constructor() {
    super('No invitations are redeemed at the moment: come back later')
  }
}
