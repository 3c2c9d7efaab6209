import type { Host } from '@gramkit/mini-app/host'
import type { TextStore } from '@gramkit/mini-app/store'
import { type Language, problemText } from '@gramkit/mini-app/texts'
import { SpeechContext } from '@gramkit/mini-app/ui'
import { createContext, type ReactNode, use } from 'react'
import type { ShopClient } from './api/api.ts'
import { problemTexts } from './texts/problem-texts.ts'
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

const ShopContext = createContext<Shop | undefined>(undefined)

/** Gives the screens their {@link Shop}, and the shared components their words. */
export function ShopProvider({ shop, children }: { shop: Shop; children: ReactNode }) {
  const { language, texts } = shop
  const speech = {
    language,
    failed: texts.failedTitle,
    retry: texts.retry,
    hide: texts.notice.hide,
    loading: texts.loading,
    more: texts.purchases.more,
    problem: (failure: Parameters<typeof problemText>[0]) =>
      problemText(failure, problemTexts, language),
  }
  return (
    <ShopContext value={shop}>
      <SpeechContext value={speech}>{children}</SpeechContext>
    </ShopContext>
  )
}

/** The shop this component is part of. */
export function useShop(): Shop {
  const shop = use(ShopContext)
  if (!shop) throw new Error('useShop is called outside ShopProvider')
  return shop
}
