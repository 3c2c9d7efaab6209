import { createContext, use } from 'react'
import type { ShopClient } from './api/api.ts'
import type { Host } from './host.ts'
import type { TextStore } from './store.ts'
import type { Language } from './texts/language.ts'
import type { Texts } from './texts/text-keys.ts'

/** What every screen may use. */
export interface Shop {
  readonly api: ShopClient
  /** Opens the stream that tells of changes. */
  readonly openStream: (signal: AbortSignal) => Promise<Response>
  readonly host: Host
  readonly language: Language
  readonly texts: Texts
  /** Kept for the tab. */
  readonly tabStore: TextStore
  /** Kept for the device. */
  readonly deviceStore: TextStore
}

/** Gives the screens their {@link Shop}. */
export const ShopContext = createContext<Shop | undefined>(undefined)

/** The shop this component is part of. */
export function useShop(): Shop {
  const shop = use(ShopContext)
  if (!shop) throw new Error('useShop is called outside ShopContext')
  return shop
}
