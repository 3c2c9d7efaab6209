import type { TextStore } from '../store.ts'

/** How an invoice was left: says what the screen does next, never whether money moved. */
export type InvoiceEnd = 'paid' | 'pending' | 'cancelled' | 'failed'

/** What surrounds the app: a Telegram client, or a browser alone. */
export interface Host {
  readonly kind: 'telegram' | 'web'
  readonly languageCode: string
  /** Tells apart people who use the same device; proves nothing. */
  readonly identity: string
  /**
   * What the server recognises the person by. Init data opens one login; the device's key lets it be
   * sent again when the answer was lost.
   */
  readonly credentials:
    | { readonly initData: string; readonly deviceKey: string }
    | { readonly deviceKey: string }
  readonly platform: 'ios' | 'base'
  /** What the link that led here carries. */
  readonly startParam: string | undefined
  /** Where a payment page leads back to. */
  readonly returnUrl: string
  openInvoice(url: string): Promise<InvoiceEnd>
  openPage(url: string): void
  /** Lets the person choose to whom a link goes. */
  share(link: string, text: string): void
  /** Shows the client's own back button until the returned function is called. */
  showBack(onBack: () => void): () => void
  isDark(): boolean
  onThemeChange(listener: () => void): () => void
}

/**
 * The app in a browser outside Telegram: a guest of this device, who pays by redirect and comes back
 * to the app's home.
 */
export function webHost(store: TextStore, home: URL): Host {
  const dark = window.matchMedia('(prefers-color-scheme: dark)')
  return {
    kind: 'web',
    languageCode: navigator.language,
    identity: 'guest',
    credentials: { deviceKey: deviceKey(store, 'device-key') },
    platform: 'ios',
    startParam: startParamOfPage(),
    returnUrl: home.href,
    openInvoice: async () => 'failed',
    openPage: (url) => window.location.assign(url),
    share: (url, text) => {
      const share = new URLSearchParams({ url, text })
      window.open(`https://t.me/share/url?${share}`, '_blank', 'noopener')
    },
    showBack: () => () => undefined,
    isDark: () => dark.matches,
    onThemeChange: (listener) => {
      dark.addEventListener('change', listener)
      return () => dark.removeEventListener('change', listener)
    },
  }
}

/** What a link to the page itself carries. */
export function startParamOfPage(): string | undefined {
  return new URLSearchParams(window.location.search).get('startapp') ?? undefined
}

/** Random text that this device keeps under a name. */
export function deviceKey(store: TextStore, name: string): string {
  const known = store.get(name)
  if (known) return known
  const fresh = crypto.randomUUID()
  store.set(name, fresh)
  return fresh
}
