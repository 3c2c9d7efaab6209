import { AppRoot, Placeholder } from '@telegram-apps/telegram-ui'
import { useSyncExternalStore } from 'react'
import { useShop } from '../shop-context.tsx'

/** Where a browser ends up after somebody paid on a page that the Mini App had opened. */
export function BackToTelegram() {
  const { host, texts } = useShop()
  const isDark = useSyncExternalStore(host.onThemeChange, host.isDark)
  return (
    <AppRoot platform={host.platform} appearance={isDark ? 'dark' : 'light'} className="root">
      <main className="page">
        <Placeholder header={texts.backToTelegram} description={texts.backToTelegramNote} />
      </main>
    </AppRoot>
  )
}
