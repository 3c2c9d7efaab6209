import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Page, PageRequest } from '../../../kernel/index.ts'
import { type Executor, rows, TenantRepository } from '../../../platform/database/index.ts'
import { billingWebhookAttempt, billingWebhookDelivery } from './webhook.table.ts'
import {
  DELIVERY_ATTEMPTS_MAX,
  type DeliveryFilter,
  type WebhookAttempt,
  type WebhookDelivery,
} from './webhook-endpoint.ts'

/** A delivery that was claimed to be posted. */
export interface ClaimedDelivery
  extends Pick<WebhookDelivery, 'id' | 'endpointId' | 'eventId' | 'body'> {
  /** Which try this is. */
  readonly attempts: number
  readonly attemptsMax: number
}

/** What a claim takes. */
export interface DeliveryClaim {
  readonly now: Date
  /** Nobody else takes them before. */
  readonly until: Date
  /** Of each endpoint at the most, so that one that is slow does not hold up the others. */
  readonly perEndpoint: number
}

const claimedRow = z.object({
  id: z.uuid(),
  endpointId: z.uuid(),
  eventId: z.uuid(),
  body: z.string(),
  attempts: z.int(),
  attemptsMax: z.int(),
})
/** Rows of one INSERT: PostgreSQL counts at most 65,535 parameters. */
const ROWS_MAX = 1_000
/** Deliveries forgotten in one transaction. */
const FORGOTTEN_MAX = 1_000
/** Deliveries sent again at once. */
const REPLAYED_MAX = 10_000

const isOver = sql`${billingWebhookDelivery.state} <> 'pending'`

/** What is on its way to the webhook endpoints of one tenant. */
export class WebhookDeliveriesRepository extends TenantRepository<typeof billingWebhookDelivery> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingWebhookDelivery)
  }

  /** Writes deliveries, in few statements however many there are. */
  async insertAll(made: readonly Omit<WebhookDelivery, 'tenantId'>[]): Promise<void> {
    const values = made.map((row) => ({ ...row, tenantId: this.tenantId }))
    for (let at = 0; at < values.length; at += ROWS_MAX) {
      await this.db.insert(billingWebhookDelivery).values(values.slice(at, at + ROWS_MAX))
    }
  }

  /** One page of the deliveries that fit, newest first. */
  listFiltered(
    { endpointId, state }: DeliveryFilter,
    request: PageRequest,
  ): Promise<Page<WebhookDelivery>> {
    const condition = and(
      endpointId ? eq(billingWebhookDelivery.endpointId, endpointId) : undefined,
      state ? eq(billingWebhookDelivery.state, state) : undefined,
    )
    return this.listWhere(condition, request, 'newest_first')
  }

  /**
   * Takes deliveries that are due, the earliest of each endpoint, and writes down a try of each that
   * has no answer yet. Those that another worker has are left to it.
   */
  async claim({ now, until, perEndpoint }: DeliveryClaim): Promise<ClaimedDelivery[]> {
    const [nowText, untilText] = [now.toISOString(), until.toISOString()]
    const query = sql`
      with due as materialized (
        select d.id from gramkit.billing_webhook_endpoint e cross join lateral (
          select d.id from gramkit.billing_webhook_delivery d
          where d.tenant_id = e.tenant_id and d.endpoint_id = e.id and d.state = 'pending'
            and d.due_at <= ${nowText}::timestamptz
          order by d.due_at, d.id limit ${perEndpoint} for update skip locked
        ) d where e.tenant_id = ${this.tenantId}
      ), claimed as (
        update gramkit.billing_webhook_delivery d
        set attempts = d.attempts + 1, due_at = ${untilText}::timestamptz,
          attempts_max = greatest(d.attempts_max, d.attempts + 1)
        from due where d.tenant_id = ${this.tenantId} and d.id = due.id
        returning d.id, d.endpoint_id, d.event_id, d.body, d.attempts, d.attempts_max
      ), tried as (
        insert into gramkit.billing_webhook_attempt (tenant_id, delivery_id, number, at, problem)
        select ${this.tenantId}::uuid, id, attempts, ${nowText}::timestamptz, 'unknown' from claimed
      )
      select id, endpoint_id as "endpointId", event_id as "eventId", body, attempts,
        attempts_max as "attemptsMax" from claimed`
    return rows(this.db, query, claimedRow)
  }

  /** Writes down what a try came to. */
  async answered({
    deliveryId,
    number,
    status,
    problem,
  }: Omit<WebhookAttempt, 'tenantId' | 'at'>): Promise<void> {
    const attempt = billingWebhookAttempt
    await this.db
      .update(attempt)
      .set({ status, problem })
      .where(
        and(
          ...[eq(attempt.tenantId, this.tenantId), eq(attempt.deliveryId, deliveryId)],
          eq(attempt.number, number),
        ),
      )
  }

  /** Ends a delivery that the receiver has taken. */
  async deliver(id: string, at: Date): Promise<void> {
    await this.db
      .update(billingWebhookDelivery)
      .set({ state: 'delivered', dueAt: null, deliveredAt: at, updatedAt: at })
      .where(this.own(eq(billingWebhookDelivery.id, id)))
  }

  /**
   * Lets a delivery whose try failed wait for the next one, or gives it up where `dueAt` is null. One
   * that has gone on since, as the try took too long, is left alone.
   */
  async postpone(
    { id, attempts }: Pick<ClaimedDelivery, 'id' | 'attempts'>,
    { dueAt, at }: { readonly dueAt: Date | null; readonly at: Date },
  ): Promise<void> {
    const { id: idColumn, attempts: tries, state } = billingWebhookDelivery
    await this.db
      .update(billingWebhookDelivery)
      .set({ state: dueAt ? 'pending' : 'failed', dueAt, updatedAt: at })
      .where(this.own(and(eq(idColumn, id), eq(tries, attempts), eq(state, 'pending'))))
  }

  /** Gives up all that waits for an endpoint. */
  async giveUp(endpointId: string, at: Date): Promise<void> {
    const { endpointId: ofEndpoint, state } = billingWebhookDelivery
    await this.db
      .update(billingWebhookDelivery)
      .set({ state: 'failed', dueAt: null, updatedAt: at })
      .where(this.own(and(eq(ofEndpoint, endpointId), eq(state, 'pending'))))
  }

  /** Sends again what is over of one delivery, and says whether it was. */
  async replay(id: string, now: Date): Promise<boolean> {
    return (await this.#replay(eq(billingWebhookDelivery.id, id), now)).length === 1
  }

  /** Sends again what is over of an endpoint since a moment, up to 10,000, and names each event. */
  replaySince(endpointId: string, since: Date, now: Date): Promise<string[]> {
    const { endpointId: ofEndpoint, createdAt } = billingWebhookDelivery
    const from = sql`${createdAt} >= ${since.toISOString()}::timestamptz`
    return this.#replay(and(eq(ofEndpoint, endpointId), from), now)
  }

  async #replay(which: SQL | undefined, now: Date): Promise<string[]> {
    const { id, event, attempts, createdAt } = billingWebhookDelivery
    const chosen = this.db
      .select({ id })
      .from(billingWebhookDelivery)
      .where(this.own(and(which, isOver)))
      .orderBy(asc(createdAt), asc(id))
      .limit(REPLAYED_MAX)
    const replayed = await this.db
      .update(billingWebhookDelivery)
      .set({
        ...{ state: 'pending', dueAt: now, deliveredAt: null, updatedAt: now },
        attemptsMax: sql`${attempts} + ${DELIVERY_ATTEMPTS_MAX}`,
      })
      .where(this.own(and(sql`${id} in ${chosen}`, isOver)))
      .returning({ event })
    return replayed.map((each) => each.event)
  }

  /** All tries of a delivery, the first one first. */
  listAttempts(deliveryId: string): Promise<WebhookAttempt[]> {
    const attempt = billingWebhookAttempt
    return this.db
      .select()
      .from(attempt)
      .where(and(eq(attempt.tenantId, this.tenantId), eq(attempt.deliveryId, deliveryId)))
      .orderBy(asc(attempt.number))
  }

  /** Forgets up to 1,000 deliveries that were over before a moment, with their tries. */
  async forgetOver(before: Date): Promise<number> {
    const query = sql`delete from gramkit.billing_webhook_delivery where (tenant_id, id) in (
        select tenant_id, id from gramkit.billing_webhook_delivery
        where tenant_id = ${this.tenantId} and state <> 'pending'
          and updated_at < ${before.toISOString()}::timestamptz
        limit ${FORGOTTEN_MAX} for update skip locked)
      returning id`
    return (await rows(this.db, query, z.object({ id: z.uuid() }))).length
  }
}
