import { type Served, type ServeOptions, serveApp } from '@gramkit/core/app'
import type { Config } from '@gramkit/core/config'
import { openShop, type Shop } from './shop.ts'

/** A shop that listens. */
export type ServedShop = Served<Shop>

/** Starts a shop: opens it, listens, and begins the roles of this process. */
export function serveShop(config: Config, options: ServeOptions = {}): Promise<ServedShop> {
  return serveApp(config, {
    ...options,
    api: { title: 'gramkit shop', version: '1.0.0' },
    open: openShop,
  })
}
