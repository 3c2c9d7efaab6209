import type { Activity } from '../activity.ts'
import type { SandboxClock } from '../clock/clock.ts'
import { ControlError } from '../control/control-error.ts'
import type { Faults } from '../faults.ts'
import type { Limits } from '../options.ts'
import type { Store } from '../store/store.ts'
import { type Delivery, DeliveryStore, type NewDelivery } from './delivery-store.ts'
import { Slots } from './slots.ts'

/** Where deliveries of an account go at the moment, and what counts as taken. */
export interface Destination {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly maxConnections: number
  accepts(status: number): boolean
  /** Looks at the result of a try: what was answered, or why there is no answer. */
  onResult?(result: { readonly body?: unknown; readonly error?: string }): void
}

/** Finds where a delivery goes; undefined while nobody listens. */
export type Resolve = (delivery: Delivery) => Destination | undefined

interface Parts {
  readonly store: Store
  readonly clock: SandboxClock
  readonly activity: Activity
  readonly faults: Faults
  readonly limits: Limits
}

interface QueueState {
  failures: number
  /** Ends the wait before the next try; undefined while something is being sent. */
  wake?: (() => void) | undefined
}

const MAX_WAIT_MS = 60_000
const MAX_RETRY_AFTER_MS = 3_600_000
/** While the clock moves, a failing endpoint gets this many tries, each after a short wait. */
const TRIES_WHILE_SETTLING = 4
const SETTLING_WAIT_MS = 100

/** Sends each queue in order, tries again with growing waits, and gives up at expiry. */
export class Deliveries {
  readonly store: DeliveryStore
  readonly #clock: Parts['clock']
  readonly #activity: Parts['activity']
  readonly #faults: Parts['faults']
  readonly #limits: Parts['limits']
  readonly #resolvers = new Map<string, Resolve>()
  readonly #queues = new Map<string, QueueState>()
  readonly #pendingStarts = new Set<string>()
  readonly #slots = new Map<string, Slots>()
  readonly #closing = new AbortController()
  #changed = Promise.withResolvers<void>()
  #settling = 0
  #delivered = 0

  constructor({ store, clock, activity, faults, limits }: Parts) {
    this.store = new DeliveryStore(store)
    this.#clock = clock
    this.#activity = activity
    this.#faults = faults
    this.#limits = limits
  }

  /** Says where deliveries of a provider go. */
  route(provider: Delivery['provider'], resolve: Resolve): void {
    this.#resolvers.set(provider, resolve)
  }

  /** Adds a delivery and sends it as soon as its queue allows. */
  add(delivery: NewDelivery): void {
    this.store.add(delivery)
    // Not before the transaction that adds it has ended.
    this.#pendingStarts.add(delivery.queue)
    setImmediate(() => this.#start(delivery.queue))
  }

  /** Starts every queue in which something waits, such as after a restart or a new webhook. */
  startAll(): void {
    for (const queue of this.store.queues()) this.#start(queue)
  }

  /** Waits until everything is delivered, save what keeps failing; gives how many. */
  async quiet(): Promise<number> {
    const before = this.#delivered
    const deadline = AbortSignal.timeout(this.#limits.quietMs)
    const late = new Promise<void>((resolve) => {
      deadline.addEventListener('abort', () => resolve(), { once: true })
    })
    this.#settling++
    try {
      this.startAll()
      for (const state of this.#queues.values()) state.wake?.()
      while (!deadline.aborted && !this.#closing.signal.aborted && this.#isBusy()) {
        await Promise.race([this.#changed.promise, late])
      }
    } finally {
      this.#settling--
    }
    return this.#delivered - before
  }

  /** Sends past deliveries again, past their queues. */
  async redeliver(
    provider: Delivery['provider'],
    options: { readonly times: number; readonly shuffle: boolean },
  ): Promise<{ sent: number; accepted: number }> {
    const past = this.store.delivered(provider)
    const again = Array.from({ length: options.times }, () => past).flat()
    if (options.shuffle) shuffle(again)
    const results = await Promise.all(
      again.map(async (delivery) => {
        const destination = this.#resolvers.get(provider)?.(delivery)
        if (!destination) return false
        return (await this.#send(delivery, destination)).isAccepted
      }),
    )
    return { sent: again.length, accepted: results.filter(Boolean).length }
  }

  /** Sends one delivery right now, past its queue and whatever holds it: in any order, any time. */
  async send(seq: number): Promise<{ accepted: boolean }> {
    const delivery = this.store.find(seq)
    if (!delivery) throw new ControlError(404, `There is no delivery ${seq}`)
    const destination = this.#resolvers.get(delivery.provider)?.(delivery)
    if (!destination) throw new ControlError(409, 'Nobody listens for it')
    const { isAccepted } = await this.#send(delivery, destination)
    if (isAccepted) this.store.finish(seq, 'delivered')
    return { accepted: isAccepted }
  }

  /** Stops sending; what waits stays for the next start. */
  close(): void {
    this.#closing.abort()
    for (const state of this.#queues.values()) state.wake?.()
  }

  #isBusy(): boolean {
    if (this.#pendingStarts.size > 0) return true
    return [...this.#queues.values()].some(
      ({ wake, failures }) => !wake || failures < TRIES_WHILE_SETTLING,
    )
  }

  #note(): void {
    const changed = this.#changed
    this.#changed = Promise.withResolvers()
    changed.resolve()
  }

  #start(queue: string): void {
    this.#pendingStarts.delete(queue)
    this.#note()
    if (this.#queues.has(queue) || this.#closing.signal.aborted) return
    const state: QueueState = { failures: 0 }
    this.#queues.set(queue, state)
    void this.#run(queue, state).finally(() => {
      this.#queues.delete(queue)
      this.#note()
    })
  }

  async #run(queue: string, state: QueueState): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const delivery = this.store.head(queue)
      if (!delivery) return
      if (delivery.expiresAt <= this.#clock.now()) {
        this.store.finish(delivery.seq, 'expired')
        this.#logEvent(delivery, 'expired before it could be delivered')
        continue
      }
      if (this.#faults.isHeld(delivery.provider, delivery.kind)) return
      const destination = this.#resolvers.get(delivery.provider)?.(delivery)
      if (!destination) return
      const result = await this.#send(delivery, destination)
      if (this.#closing.signal.aborted) return
      if (result.isAccepted) {
        this.store.finish(delivery.seq, 'delivered')
        state.failures = 0
        this.#delivered++
      } else {
        state.failures++
        await this.#wait(state, result.retryAfterMs)
      }
    }
  }

  async #wait(state: QueueState, retryAfterMs: number | undefined): Promise<void> {
    const backoff = Math.min(2 ** state.failures * 1_000, MAX_WAIT_MS)
    const asked = Math.min(retryAfterMs ?? backoff, MAX_RETRY_AFTER_MS) * this.#limits.retryScale
    const isSettling = this.#settling > 0 && state.failures < TRIES_WHILE_SETTLING
    const { promise, resolve } = Promise.withResolvers<void>()
    // Awake from this moment on, so that who wakes a queue also waits for its try.
    const wake = () => {
      state.wake = undefined
      resolve()
    }
    state.wake = wake
    const timer = setTimeout(wake, isSettling ? Math.min(asked, SETTLING_WAIT_MS) : asked)
    this.#note()
    await promise
    clearTimeout(timer)
  }

  async #send(
    delivery: Delivery,
    destination: Destination,
  ): Promise<{ isAccepted: boolean; retryAfterMs?: number | undefined }> {
    const account = `${delivery.provider}:${delivery.account}`
    const slots = this.#slots.get(account) ?? new Slots()
    this.#slots.set(account, slots)
    const release = await slots.take(destination.maxConnections)
    const startedAt = performance.now()
    const entry = {
      kind: 'delivery' as const,
      provider: delivery.provider,
      name: delivery.kind,
      request: JSON.parse(delivery.body),
    }
    try {
      this.store.tried(delivery.seq)
      const response = await fetch(destination.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...destination.headers },
        body: delivery.body,
        redirect: 'manual',
        signal: AbortSignal.any([
          this.#closing.signal,
          AbortSignal.timeout(this.#limits.deliveryTimeoutMs),
        ]),
      })
      const body = readJson(await response.text())
      const { status } = response
      const ms = Math.round(performance.now() - startedAt)
      this.#activity.log({ ...entry, status, ms, response: body })
      const isAccepted = destination.accepts(status)
      destination.onResult?.(isAccepted ? { body } : { error: `Wrong response: HTTP ${status}` })
      const retryAfter = Number(response.headers.get('retry-after'))
      return { isAccepted, retryAfterMs: retryAfter > 0 ? retryAfter * 1_000 : undefined }
    } catch (error) {
      if (this.#closing.signal.aborted) return { isAccepted: false }
      const reason = describe(error)
      this.#activity.log({ ...entry, status: null, error: reason })
      destination.onResult?.({ error: reason })
      return { isAccepted: false }
    } finally {
      release()
    }
  }

  #logEvent(delivery: Delivery, error: string): void {
    const { provider, kind } = delivery
    this.#activity.log({ kind: 'event', provider, name: kind, status: null, error })
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message || error.message : error.message
}

function shuffle(list: unknown[]): void {
  for (let end = list.length - 1; end > 0; end--) {
    const other = Math.floor(Math.random() * (end + 1))
    ;[list[end], list[other]] = [list[other], list[end]]
  }
}
