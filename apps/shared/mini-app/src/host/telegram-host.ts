import {
  backButton,
  init,
  invoice,
  miniApp,
  openLink,
  retrieveLaunchParams,
  retrieveRawInitData,
  setTargetOrigin,
  shareURL,
  themeParams,
} from '@tma.js/sdk-react'
import type { TextStore } from '../store.ts'
import { deviceKey, type Host, type InvoiceEnd, startParamOfPage } from './host.ts'

/** The app inside a Telegram client, or nothing where there is no client around it. */
export function telegramHost(store: TextStore, home: URL): Host | undefined {
  const initData = launchData()
  if (!initData) return undefined
  trustOwnFrame()
  init()
  themeParams.mount()
  themeParams.bindCssVars()
  backButton.mount.ifAvailable()
  miniApp.mount.ifAvailable()
  miniApp.ready.ifAvailable()
  const { tgWebAppData, tgWebAppPlatform, tgWebAppStartParam } = retrieveLaunchParams()
  const returnUrl = new URL(home)
  returnUrl.searchParams.set('from', 'telegram')

  return {
    kind: 'telegram',
    languageCode: tgWebAppData?.user?.language_code ?? navigator.language,
    identity: `telegram-${tgWebAppData?.user?.id}`,
    // Not the guest's key: that one opens the guest's login by itself.
    credentials: { initData, deviceKey: deviceKey(store, 'login-key') },
    platform: tgWebAppPlatform.startsWith('android') ? 'base' : 'ios',
    // A button of the bot carries it in the page's own address.
    startParam: tgWebAppStartParam ?? tgWebAppData?.start_param ?? startParamOfPage(),
    returnUrl: returnUrl.href,
    openInvoice: async (url) => invoiceEnd(await invoice.openUrl(url)),
    openPage: (url) => void openLink(url),
    share: (link, text) => shareURL(link, text),
    showBack: (onBack) => {
      backButton.show.ifAvailable()
      const stop = backButton.onClick.ifAvailable(onBack)
      return () => {
        if (stop.ok) stop.data()
        backButton.hide.ifAvailable()
      }
    },
    isDark: () => themeParams.isDark(),
    onThemeChange: (listener) => themeParams.isDark.sub(listener),
  }
}

/**
 * The SDK remembers launch parameters for the tab, so a page that was once framed by a client would
 * keep taking itself for a Mini App when it is opened alone.
 */
function launchData(): string | undefined {
  const isInClient = window.parent !== window || 'TelegramWebviewProxy' in window
  if (!isInClient) return undefined
  try {
    return retrieveRawInitData()
  } catch {
    return undefined
  }
}

/** Telegram's web client is the expected frame; a frame of our own origin is one we made. */
function trustOwnFrame(): void {
  try {
    setTargetOrigin(window.parent.location.origin)
  } catch {
    // The parent is of another origin: the SDK's default, Telegram's, stays.
  }
}

function invoiceEnd(status: string): InvoiceEnd {
  return status === 'paid' || status === 'pending' || status === 'cancelled' ? status : 'failed'
}
