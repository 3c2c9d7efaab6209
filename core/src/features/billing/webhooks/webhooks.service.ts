import { addMs, newId, type Page, type PageRequest } from '../../../kernel/index.ts'
import { assertNoTransaction } from '../../../platform/database/index.ts'
import {
  postWebhook,
  readWebhookKey,
  type WebhookAnswer,
  webhookAddressProblem,
} from '../../../platform/webhooks/index.ts'
import { requireScope } from '../api-keys/api-key.ts'
import { type Changes, laidOver, readFields } from '../fields.ts'
import type { ClaimedDelivery } from './webhook-deliveries.repository.ts'
import {
  DELIVERIES_KEPT_MS,
  type DeliveryFilter,
  type DisabledReason,
  deliveryFilter,
  endpointFields,
  FAILING_MAX_MS,
  FORMER_SECRET_MS,
  newWebhookSecret,
  scopesOf,
  WEBHOOK_ENDPOINTS_MAX,
  type WebhookAttempt,
  type WebhookDelivery,
  type WebhookEndpoint,
  type WebhookEndpointInput,
  waitAfter,
} from './webhook-endpoint.ts'
import type { StoredEndpoint } from './webhook-endpoints.repository.ts'
import { TooManyWebhookEndpoints, WebhookEndpointDisabled } from './webhooks.errors.ts'
import type { WebhooksScope } from './webhooks.scope.ts'

/** Deliveries of one endpoint that are posted at once. */
const PER_ENDPOINT = 10
/** Longest that a receiver may think. */
const TIMEOUT_MS = 10_000
/** How long a delivery stays with who took it, while its process may be gone. */
const LEASE_MS = 60_000

/** Lets deliveries that refer to it be written meanwhile. */
const CHANGING = { mode: 'no key update' } as const

/** A delivery with its tries. */
export interface WebhookDeliveryView extends WebhookDelivery {
  readonly tries: readonly WebhookAttempt[]
}

/**
 * Tells servers of a tenant's own what becomes true. Each event is written with its change and posted
 * until it is taken or given up: at least once, in no order, under the same id at each try.
 */
export class WebhooksService {
  readonly #scope: WebhooksScope

  constructor(scope: WebhooksScope) {
    this.#scope = scope
  }

  /**
   * Makes an endpoint and gives its secret, which is never shown again. Whoever acts by a key hears of
   * nothing that the key may not read.
   *
   * @throws {@link InvalidValue}
   * @throws {@link ScopeMissing}
   * @throws {@link TooManyWebhookEndpoints} after 20
   * @example
   * const { secret } = await billing.webhooks.create({
   *   name: 'Books', url: 'https://books.example.org/hooks', events: ['billing.invoice_paid'],
   * })
   */
  async create(input: WebhookEndpointInput): Promise<WebhookEndpoint & { secret: string }> {
    const fields = readFields(endpointFields(this.#problemOf), input)
    this.#requireScopes(fields.events)
    return this.#scope.transaction(async (tx) => {
      // One after the other, so that the last one allowed is made once.
      await tx.repos.tenant.getByIdWithLock(tx.tenantId, { mode: 'no key update' })
      if ((await tx.repos.webhookEndpoints.count()) >= WEBHOOK_ENDPOINTS_MAX) {
        throw new TooManyWebhookEndpoints({ limit: WEBHOOK_ENDPOINTS_MAX })
      }
      const now = tx.clock.now()
      const secret = newWebhookSecret()
      const made = await tx.repos.webhookEndpoints.insert({
        ...{ ...fields, id: newId(), secret, isEnabled: true, createdAt: now, updatedAt: now },
      })
      const after = shown(made)
      await tx.record({ action: 'webhook_endpoint.created', subject: subjectOf(made), after })
      return { ...after, secret }
    })
  }

  /**
   * Changes an endpoint; what is on its way already goes to where it leads now. Whoever acts by a key
   * may read all that it heard, and all that it will hear.
   *
   * @throws {@link NotFound}
   * @throws {@link InvalidValue}
   * @throws {@link ScopeMissing}
   */
  async update(id: string, changes: Changes<WebhookEndpointInput>): Promise<WebhookEndpoint> {
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.webhookEndpoints.getByIdWithLock(id, CHANGING)
      const { name, url, events } = before
      const laid = laidOver({ name, url, events }, changes)
      const fields = readFields(endpointFields(this.#problemOf), laid)
      this.#requireScopes(events)
      this.#requireScopes(fields.events)
      return change(tx, before, { action: 'changed', changes: fields })
    })
  }

  /**
   * Turns an endpoint on; what happened while it was off is not told. Again is no failure.
   *
   * @throws {@link NotFound}
   */
  enable(id: string): Promise<WebhookEndpoint> {
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.webhookEndpoints.getByIdWithLock(id, CHANGING)
      if (before.isEnabled) return shown(before)
      const changes = { isEnabled: true, disabledReason: null, failingSince: null }
      return change(tx, before, { action: 'enabled', changes })
    })
  }

  /**
   * Turns an endpoint off and gives up what is on its way to it: send it again when it is on. Again is
   * no failure.
   *
   * @throws {@link NotFound}
   */
  disable(id: string): Promise<WebhookEndpoint> {
    return this.#scope.transaction(async (tx) => {
      await tx.repos.webhookEndpoints.getById(id)
      await turnOff(tx, id, 'asked')
      return shown(await tx.repos.webhookEndpoints.getById(id))
    })
  }

  /**
   * Gives an endpoint another secret and shows it once. For a day the former one signs as well.
   *
   * @throws {@link NotFound}
   */
  rotateSecret(id: string): Promise<WebhookEndpoint & { secret: string }> {
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.webhookEndpoints.getByIdWithLock(id, CHANGING)
      const secret = newWebhookSecret()
      const formerSecretUntil = addMs(tx.clock.now(), FORMER_SECRET_MS)
      const changes = { secret, formerSecret: before.secret, formerSecretUntil }
      return { ...(await change(tx, before, { action: 'secret_rotated', changes })), secret }
    })
  }

  /**
   * Removes an endpoint with all that was sent to it.
   *
   * @throws {@link NotFound}
   */
  remove(id: string): Promise<void> {
    return this.#scope.transaction(async (tx) => {
      const found = await tx.repos.webhookEndpoints.getByIdWithLock(id)
      await tx.repos.webhookEndpoints.remove(id)
      const [subject, before] = [subjectOf(found), shown(found)]
      await tx.record({ action: 'webhook_endpoint.removed', subject, before })
    })
  }

  /**
   * Reads an endpoint; its secret is not shown.
   *
   * @throws {@link NotFound}
   */
  get(id: string): Promise<WebhookEndpoint> {
    return this.#scope.transaction(async (tx) => shown(await tx.repos.webhookEndpoints.getById(id)))
  }

  /** One page of endpoints, oldest first. */
  list(request: PageRequest = {}): Promise<Page<WebhookEndpoint>> {
    return this.#scope.transaction(async (tx) => {
      const page = await tx.repos.webhookEndpoints.list(request)
      return { ...page, items: page.items.map(shown) }
    })
  }

  /**
   * One page of what is or was on its way, newest first; what is over is kept for 30 days.
   *
   * @throws {@link InvalidValue}
   */
  async listDeliveries(
    filter: DeliveryFilter = {},
    request: PageRequest = {},
  ): Promise<Page<WebhookDelivery>> {
    const read = readFields(deliveryFilter, filter)
    return this.#scope.transaction((tx) => tx.repos.webhookDeliveries.listFiltered(read, request))
  }

  /**
   * Reads a delivery with its body and its tries. Whoever acts by a key may read what it tells.
   *
   * @throws {@link NotFound}
   * @throws {@link ScopeMissing}
   */
  getDelivery(id: string): Promise<WebhookDeliveryView> {
    return this.#scope.transaction((tx) => this.#delivery(tx, id))
  }

  /**
   * Sends one delivery again that was delivered or given up, under the same event id; one that is on
   * its way stays so.
   *
   * @throws {@link NotFound}
   * @throws {@link ScopeMissing}
   * @throws {@link WebhookEndpointDisabled}
   */
  replay(id: string): Promise<WebhookDeliveryView> {
    return this.#scope.transaction(async (tx) => {
      const { endpointId } = await tx.repos.webhookDeliveries.getById(id)
      await requireEnabled(tx, endpointId)
      if (await tx.repos.webhookDeliveries.replay(id, tx.clock.now())) {
        const subject = `webhook_endpoint:${endpointId}`
        await tx.record({ action: 'webhook_endpoint.replayed', subject, after: { delivery: id } })
      }
      return this.#delivery(tx, id)
    })
  }

  /**
   * Sends again all that happened since a moment, delivered or given up, and says how many: up to
   * 10,000 at once, the oldest first. Whoever acts by a key may read all of it.
   *
   * @throws {@link NotFound}
   * @throws {@link ScopeMissing}
   * @throws {@link WebhookEndpointDisabled}
   */
  replaySince(endpointId: string, since: Date): Promise<number> {
    return this.#scope.transaction(async (tx) => {
      await requireEnabled(tx, endpointId)
      const deliveries = tx.repos.webhookDeliveries
      const events = await deliveries.replaySince(endpointId, since, tx.clock.now())
      this.#requireScopes(events)
      const count = events.length
      const subject = `webhook_endpoint:${endpointId}`
      const after = { since: since.toISOString(), count }
      await tx.record({ action: 'webhook_endpoint.replayed', subject, after })
      return count
    })
  }

  /**
   * Posts one batch of what is due, and says how many. The try is written down before, and its answer
   * after: a process that is killed in between leaves it to be posted again.
   */
  async sendDue(): Promise<number> {
    const claimed = await this.#scope.transaction(async (tx) => {
      const now = tx.clock.now()
      const claim = { now, until: addMs(now, LEASE_MS), perEndpoint: PER_ENDPOINT }
      const deliveries = await tx.repos.webhookDeliveries.claim(claim)
      const ids = [...new Set(deliveries.map(({ endpointId }) => endpointId))]
      const endpoints = await tx.repos.webhookEndpoints.getByIds(ids)
      return { deliveries, endpoints: new Map(endpoints.map((each) => [each.id, each])) }
    })
    const { deliveries, endpoints } = claimed
    const posted = await Promise.all(
      deliveries.map(async (each): Promise<Posted> => {
        const endpoint = endpoints.get(each.endpointId)
        if (!endpoint?.isEnabled) return { delivery: each, answer: undefined }
        return { delivery: each, answer: await this.#post(endpoint, each) }
      }),
    )
    if (posted.length > 0) await this.#scope.transaction((tx) => recordAnswers(tx, posted))
    return posted.length
  }

  /** Forgets what has been over for 30 days, one batch. */
  forgetOver(): Promise<number> {
    return this.#scope.transaction((tx) =>
      tx.repos.webhookDeliveries.forgetOver(addMs(tx.clock.now(), -DELIVERIES_KEPT_MS)),
    )
  }

  #post(endpoint: StoredEndpoint, { eventId, body }: ClaimedDelivery): Promise<WebhookAnswer> {
    assertNoTransaction('WebhooksService.sendDue')
    const { clock, webhookReach: reach } = this.#scope
    const at = clock.now()
    const { url, secret, formerSecret, formerSecretUntil } = endpoint
    const isFormerValid = formerSecretUntil !== null && formerSecretUntil > at
    const secrets = formerSecret && isFormerValid ? [secret, formerSecret] : [secret]
    const target = { url, reach, keys: secrets.map(readWebhookKey), timeoutMs: TIMEOUT_MS }
    return postWebhook(target, { id: eventId, at, body })
  }

  readonly #problemOf = (url: string): string | undefined =>
    webhookAddressProblem(url, this.#scope.webhookReach)

  async #delivery(tx: WebhooksScope, id: string): Promise<WebhookDeliveryView> {
    const found = await tx.repos.webhookDeliveries.getById(id)
    this.#requireScopes([found.event])
    return { ...found, tries: await tx.repos.webhookDeliveries.listAttempts(id) }
  }

  #requireScopes(events: readonly string[] | null): void {
    const { grant } = this.#scope.caller
    if (grant) for (const scope of scopesOf(events)) requireScope(grant, scope)
  }
}

/** What came of a delivery that was claimed; nothing where its endpoint is off. */
interface Posted {
  readonly delivery: ClaimedDelivery
  readonly answer: WebhookAnswer | undefined
}

async function recordAnswers(tx: WebhooksScope, posted: readonly Posted[]): Promise<void> {
  const at = tx.clock.now()
  const byEndpoint = Map.groupBy(posted, ({ delivery }) => delivery.endpointId)
  const endpoints = await tx.repos.webhookEndpoints.getByIdsWithLock(
    [...byEndpoint.keys()],
    CHANGING,
  )
  for (const endpoint of endpoints) {
    const answers = byEndpoint.get(endpoint.id) ?? []
    for (const each of answers) await recordAnswer(tx, each, at)
    const isTaken = answers.some(({ answer }) => answer && isTakenBy(answer))
    const isGone = answers.some(({ answer }) => answer?.status === 410)
    const isFailed = answers.some(({ answer }) => answer && !isTakenBy(answer))
    if (isGone) await turnOff(tx, endpoint.id, 'gone')
    else if (isTaken) await countSuccess(tx, endpoint)
    else if (isFailed) await countFailure(tx, endpoint)
  }
}

async function recordAnswer(
  tx: WebhooksScope,
  { delivery, answer }: Posted,
  at: Date,
): Promise<void> {
  const { webhookDeliveries } = tx.repos
  const { id: deliveryId, attempts: number, attemptsMax } = delivery
  if (answer) {
    const problem = answer.status === null ? answer.problem : null
    await webhookDeliveries.answered({ deliveryId, number, status: answer.status, problem })
    if (isTakenBy(answer)) return webhookDeliveries.deliver(deliveryId, at)
  }
  tx.debug('billing.webhooks', { deliveryId, number, ...answer }, 'not taken')
  const dueAt = answer && number < attemptsMax ? addMs(at, waitAfter(number)) : null
  await webhookDeliveries.postpone(delivery, { dueAt, at })
}

function isTakenBy({ status }: WebhookAnswer): boolean {
  return status !== null && status >= 200 && status <= 299
}

async function countSuccess(tx: WebhooksScope, endpoint: StoredEndpoint): Promise<void> {
  if (endpoint.failingSince === null) return
  await tx.repos.webhookEndpoints.update(endpoint.id, { failingSince: null })
}

async function countFailure(tx: WebhooksScope, endpoint: StoredEndpoint): Promise<void> {
  const { id, failingSince } = endpoint
  const now = tx.clock.now()
  if (failingSince === null) await tx.repos.webhookEndpoints.update(id, { failingSince: now })
  else if (addMs(failingSince, FAILING_MAX_MS) <= now) await turnOff(tx, id, 'failing')
}

/** Turns an endpoint off once, and gives up what is on its way to it. */
async function turnOff(tx: WebhooksScope, id: string, reason: DisabledReason): Promise<void> {
  const at = tx.clock.now()
  if (!(await tx.repos.webhookEndpoints.disable(id, reason, at))) return
  await tx.repos.webhookDeliveries.giveUp(id, at)
  const subject = `webhook_endpoint:${id}`
  const after = { isEnabled: false, disabledReason: reason }
  await tx.record({ action: 'webhook_endpoint.disabled', subject, after })
}

async function change(
  tx: WebhooksScope,
  before: StoredEndpoint,
  { action, changes }: { readonly action: string; readonly changes: Partial<StoredEndpoint> },
): Promise<WebhookEndpoint> {
  const updatedAt = tx.clock.now()
  const changed = await tx.repos.webhookEndpoints.update(before.id, { ...changes, updatedAt })
  const after = shown(changed)
  const facts = { subject: subjectOf(before), before: shown(before), after }
  await tx.record({ action: `webhook_endpoint.${action}`, ...facts })
  return after
}

async function requireEnabled(tx: WebhooksScope, endpointId: string): Promise<void> {
  const { isEnabled } = await tx.repos.webhookEndpoints.getByIdWithLock(endpointId, CHANGING)
  if (!isEnabled) throw new WebhookEndpointDisabled({ endpointId })
}

function subjectOf({ id }: Pick<StoredEndpoint, 'id'>): string {
  return `webhook_endpoint:${id}`
}

function shown(endpoint: StoredEndpoint): WebhookEndpoint {
  const { secret: _, formerSecret: __, formerSecretUntil: ___, ...rest } = endpoint
  return rest
}
