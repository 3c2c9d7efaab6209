import { addMs, type Clock, DAY_MS, newId } from '../../../kernel/index.ts'
import type { Transactional } from '../../../platform/database/index.ts'
import type { OutboxRepository } from '../../../platform/outbox/index.ts'
import { ledgerDiffers } from '../balance.events.ts'
import type { LedgerReport } from '../balance.ts'
import type { VerificationRepository } from './verification.repository.ts'

/** All that the scheduled verification may touch. */
export interface VerificationScope extends Transactional<VerificationScope> {
  readonly clock: Clock
  readonly repos: {
    readonly verification: VerificationRepository
    readonly outbox: OutboxRepository
  }
}

/** Differences that the event names; all of them are in the report of `balance.verify`. */
const NAMED_MAX = 20

/** Proves the ledger every day, and calls somebody when it does not add up. */
export class VerificationService {
  readonly #scope: VerificationScope

  constructor(scope: VerificationScope) {
    this.#scope = scope
  }

  /**
   * Verifies the ledger unless that was done within a day; undefined then. Emits
   * `balance.ledger_differs` for every verification that found a difference.
   */
  async verifyDue(): Promise<LedgerReport | undefined> {
    if (!(await isDue(this.#scope))) return undefined
    return this.#scope.transaction(async (tx) => {
      await tx.repos.verification.lock()
      if (!(await isDue(tx))) return undefined
      const report = await tx.repos.verification.compare()
      const { accounts, transfers, differences } = report
      const verification = { id: newId(), accounts, transfers, differences: differences.length }
      const now = tx.clock.now()
      await tx.repos.verification.insert({ ...verification, createdAt: now })
      if (!report.ok) {
        await tx.repos.outbox.add(
          ledgerDiffers.create({
            occurredAt: now,
            subjectId: verification.id,
            payload: {
              verificationId: verification.id,
              count: differences.length,
              differences: differences.slice(0, NAMED_MAX).map((difference) => ({
                ...difference,
                expected: String(difference.expected),
                actual: String(difference.actual),
              })),
            },
          }),
        )
      }
      return report
    })
  }
}

async function isDue({ clock, repos }: VerificationScope): Promise<boolean> {
  const last = await repos.verification.findLastAt()
  return last === undefined || addMs(last, DAY_MS) <= clock.now()
}
