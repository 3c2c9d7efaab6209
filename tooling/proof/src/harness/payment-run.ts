import type { CoreServices, Platform } from '@gramkit/core'
import { rows } from '@gramkit/core/database'
import { isAppError, newId } from '@gramkit/core/kernel'
import type { Fulfilment, Payment } from '@gramkit/core/payments'
import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { z } from 'zod'
import { CHARGES, DISPUTES, type PaymentStep, REFUNDS } from './payment-steps.ts'

/** Price of what is sold, in minor units; a hundred, so that a percent is one of them. */
export const PRICE = 100n

type Charge = (typeof CHARGES)[number]

/** What a charge has come to, as a person would keep it on paper. */
interface Account {
  /** Of the price; never more than that. */
  refunded: bigint
  /** By refunds alone. */
  givenBack: bigint
  /** Beyond the price, when a dispute is lost beside a refund. */
  lost: bigint
  readonly refunds: Map<string, 'pending' | 'failed' | 'succeeded'>
  readonly disputes: Map<string, 'open' | 'won' | 'lost'>
}

const GIVEN = 'proof.given'
const TAKEN = 'proof.taken'

/** Gives and takes back by the ledger, so that what was rolled back counts for nothing. */
export const onTheLedger: Fulfilment<CoreServices> = {
  fulfil: (tx, payment) => note(tx, payment, GIVEN, 1n),
  reverse: (tx, payment, { amount }) => note(tx, payment, TAKEN, amount),
}

async function note(
  tx: CoreServices,
  payment: Payment,
  reason: string,
  amount: bigint,
): Promise<void> {
  await tx.balance.transfer({
    id: newId(),
    source: { system: 'shelf' },
    target: { system: 'buyers' },
    unit: 'goods',
    amount,
    reason,
    reference: payment.providerPaymentId ?? '',
  })
}

const paidSchema = z.object({
  provider_payment_id: z.string(),
  status: z.string(),
  amount: z.coerce.bigint(),
  refunded_amount: z.coerce.bigint(),
  lost: z.coerce.bigint(),
})

/** One payment, everything that may happen to it, and what must have come of it. */
export class PaymentRun {
  readonly #platform: Platform<CoreServices>
  readonly #payment: Payment
  readonly #accounts = new Map<Charge, Account>()
  readonly #ids: Readonly<Record<Charge, string>>
  readonly refusals: string[] = []

  constructor(options: {
    readonly platform: Platform<CoreServices>
    readonly payment: Payment
  }) {
    this.#platform = options.platform
    this.#payment = options.payment
    this.#ids = {
      own: options.payment.providerPaymentId ?? '',
      second: newId(),
      third: newId(),
    }
  }

  /** Does a step to the kit and, in its order, to the paper. */
  async step(step: PaymentStep): Promise<void> {
    await this.#act(step).catch((error: unknown) => {
      if (!isAppError(error)) throw error
      this.refusals.push(error.code)
    })
    this.#write(step)
  }

  /** Does steps at once: in which order they land is not known, so the paper is left alone. */
  async stepsAtOnce(steps: readonly PaymentStep[]): Promise<void> {
    const results = await Promise.allSettled(steps.map((step) => this.#act(step)))
    for (const result of results) {
      if (result.status === 'fulfilled') continue
      if (!isAppError(result.reason)) throw result.reason
      this.refusals.push(result.reason.code)
    }
  }

  /** Compares what was paid, given and taken back with the paper, charge by charge. */
  async check(): Promise<void> {
    const found = await this.#paid()
    const expected = [...this.#accounts].map(([charge, account]) => ({
      provider_payment_id: this.#ids[charge],
      status: statusOf(account),
      amount: PRICE,
      refunded_amount: account.refunded,
      lost: account.lost,
    }))
    expect(found).toEqual(expected.sort(byId))
    await this.#checkGoods(found)
  }

  /** What must hold in whatever order things happened. */
  async checkWhatever(steps: readonly PaymentStep[]): Promise<void> {
    const found = await this.#paid()
    const paid = steps.flatMap((step) =>
      step.kind === 'report' && step.status === 'succeeded' && step.excess === 0n
        ? [this.#ids[step.charge]]
        : [],
    )
    expect(found.map((row) => row.provider_payment_id)).toEqual([...new Set(paid)].sort())
    await this.#checkGoods(found)
  }

  async #checkGoods(found: readonly z.output<typeof paidSchema>[]): Promise<void> {
    const notes = await rows(
      this.#platform.services.repos.db,
      sql`select reference, reason, count(*)::int, sum(amount)::text
          from gramkit.balance_transfer
          where unit = 'goods' and reference in ${Object.values(this.#ids)}
          group by reference, reason`,
      z.object({
        reference: z.string(),
        reason: z.string(),
        count: z.number(),
        sum: z.coerce.bigint(),
      }),
    )
    for (const charge of CHARGES) {
      const id = this.#ids[charge]
      const row = found.find((one) => one.provider_payment_id === id)
      const noted = (reason: string) =>
        notes.find((one) => one.reference === id && one.reason === reason)
      expect(noted(GIVEN)?.count ?? 0).toBe(row ? 1 : 0)
      expect(noted(TAKEN)?.sum ?? 0n).toBe(row?.refunded_amount ?? 0n)
    }
  }

  async #paid(): Promise<z.output<typeof paidSchema>[]> {
    const found = await rows(
      this.#platform.services.repos.db,
      sql`select provider_payment_id, status, amount::text, refunded_amount::text,
            (select coalesce(sum(t.amount), 0)::text from gramkit.balance_transfer t
             where t.reference = p.id::text and t.reason = 'payment.charged_back') as lost
          from gramkit.payment p where paid_at is not null
            and (id = ${this.#payment.id} or original_payment_id = ${this.#payment.id})`,
      paidSchema,
    )
    return found.sort(byId)
  }

  async #act(step: PaymentStep): Promise<unknown> {
    const { payments, refunds, disputes, repos } = this.#platform.services
    const { id, gateway, currency } = this.#payment
    if (step.kind === 'close') return payments.close(id, step.status, 'closed by the proof')
    const providerPaymentId = this.#ids[step.charge]
    if (step.kind === 'report') {
      return payments.apply({
        gateway,
        paymentId: id,
        providerPaymentId,
        status: step.status,
        money: { amount: PRICE + step.excess, currency },
        body: {},
      })
    }
    if (step.kind === 'refund') {
      return refunds.apply({
        gateway,
        providerPaymentId,
        providerRefundId: `${providerPaymentId}-${step.refund}`,
        amount: (PRICE * REFUNDS[step.refund]) / 100n,
        currency,
        status: step.status,
      })
    }
    const charged = await repos.payments.findByProviderId(gateway, providerPaymentId)
    return disputes.record({
      paymentId: charged?.id ?? newId(),
      reference: step.dispute,
      amount: (PRICE * DISPUTES[step.dispute]) / 100n,
      status: step.status,
      actor: 'proof',
    })
  }

  #write(step: PaymentStep): void {
    // Closing, and whatever else is not money, leaves no line on the paper.
    if (step.kind === 'close') return
    const account = this.#accounts.get(step.charge)
    if (step.kind === 'report') {
      const isMoney = step.status === 'succeeded' && step.excess === 0n
      if (account || !isMoney) return
      this.#accounts.set(step.charge, {
        ...{ refunded: 0n, givenBack: 0n, lost: 0n },
        ...{ refunds: new Map(), disputes: new Map() },
      })
    } else if (account && step.kind === 'refund') {
      writeRefund(account, step)
    } else if (account && step.kind === 'dispute') {
      writeDispute(account, step)
    }
  }
}

function writeRefund(account: Account, step: Extract<PaymentStep, { kind: 'refund' }>): void {
  const amount = (PRICE * REFUNDS[step.refund]) / 100n
  const before = account.refunds.get(step.refund)
  if (before === 'succeeded' || (before === 'failed' && step.status !== 'succeeded')) return
  if (step.status === 'succeeded') {
    if (account.givenBack + amount > PRICE) return
    account.givenBack += amount
    takeBack(account, amount)
  }
  account.refunds.set(step.refund, step.status)
}

function takeBack(account: Account, amount: bigint): void {
  const left = PRICE - account.refunded
  const taken = amount < left ? amount : left
  account.refunded += taken
  account.lost += amount - taken
}

function writeDispute(account: Account, step: Extract<PaymentStep, { kind: 'dispute' }>): void {
  const before = account.disputes.get(step.dispute)
  if (before === 'won' || before === 'lost') return
  account.disputes.set(step.dispute, step.status)
  if (step.status === 'lost') takeBack(account, (PRICE * DISPUTES[step.dispute]) / 100n)
}

function statusOf({ refunded, disputes }: Account): string {
  if (refunded === PRICE) return 'refunded'
  if ([...disputes.values()].includes('open')) return 'disputed'
  return refunded === 0n ? 'succeeded' : 'partially_refunded'
}

function byId(left: { provider_payment_id: string }, right: { provider_payment_id: string }) {
  return left.provider_payment_id < right.provider_payment_id ? -1 : 1
}
