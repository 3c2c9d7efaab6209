import { randomUUID } from 'node:crypto'
import type { SandboxContext } from '../context.ts'

/** A webhook that a shop registered for one event. */
export interface ShopWebhook {
  readonly id: string
  readonly shopId: string
  readonly event: string
  readonly url: string
}

const LIFE_MS = 24 * 3_600_000
const CONNECTIONS = 10

/** Tells shops what happened to their payments and refunds. */
export class Notifications {
  readonly #context: SandboxContext
  readonly #webhooks

  constructor(context: SandboxContext) {
    this.#context = context
    this.#webhooks = context.store.collection<ShopWebhook>('shop_webhooks', {
      owner: ({ shopId }) => shopId,
    })
    context.deliveries.route('yookassa', ({ url, account }) => {
      // The address of the options may have changed with a restart on another port.
      const target = url ?? this.#defaultUrl(account)
      if (!target) return undefined
      return { url: target, maxConnections: CONNECTIONS, accepts: (status) => status === 200 }
    })
  }

  /** Sends an object as it is now to whoever listens for the event. */
  send(shopId: string, event: string, object: { readonly id: string }): void {
    const { deliveries, clock, activity } = this.#context
    const registered = this.list(shopId).filter((webhook) => webhook.event === event)
    const urls = new Set([
      ...(this.#defaultUrl(shopId) ? [null] : []),
      ...registered.map(({ url }) => url),
    ])
    for (const url of urls) {
      deliveries.add({
        provider: 'yookassa',
        account: shopId,
        queue: `yookassa:${shopId}:${object.id}:${url ?? ''}`,
        kind: event,
        url,
        body: JSON.stringify({ type: 'notification', event, object }),
        expiresAt: clock.now() + LIFE_MS,
      })
    }
    activity.changed('yookassa')
  }

  /** Registers a webhook. */
  register(shopId: string, event: string, url: string): ShopWebhook {
    const id = `wh-${randomUUID()}`
    return this.#webhooks.put(id, { id, shopId, event, url })
  }

  /** Webhooks that a shop registered. */
  list(shopId: string): ShopWebhook[] {
    return this.#webhooks.ownedBy(shopId)
  }

  /** Removes a webhook of a shop. */
  remove(shopId: string, id: string): boolean {
    if (this.#webhooks.get(id)?.shopId !== shopId) return false
    this.#webhooks.remove(id)
    return true
  }

  #defaultUrl(shopId: string): string | undefined {
    return this.#context.shops.find((shop) => shop.shopId === shopId)?.webhookUrl
  }
}
