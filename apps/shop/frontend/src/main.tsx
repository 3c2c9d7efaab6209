import '@telegram-apps/telegram-ui/dist/styles.css'
import '@gramkit/mini-app/styles.css'
import './styles.css'
import { toRequestFailed } from '@gramkit/mini-app/requests'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { openShop } from './open-shop.ts'
import { BackToTelegram } from './screens/back-to-telegram.tsx'
import { ShopProvider } from './shop-context.tsx'

const POLL_MS = 15_000

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // The live stream says when to read again; polling is for when it cannot.
      refetchInterval: POLL_MS,
      refetchOnWindowFocus: 'always',
      retry: (failures, error) => failures < 2 && toRequestFailed(error).isTransient,
    },
    // Buying waits for nobody's connection to come back: it fails now and is tried again by hand.
    mutations: { networkMode: 'always' },
  },
})

const shop = openShop()
document.documentElement.lang = shop.language
document.title = shop.texts.tabs.shop

const root = document.getElementById('root')
if (!root) throw new Error('The page has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <ShopProvider shop={shop}>
        {cameFromTelegram() && shop.host.kind === 'web' ? <BackToTelegram /> : <App />}
      </ShopProvider>
    </QueryClientProvider>
  </StrictMode>,
)

/** A payment page opened from the Mini App leads here, in a browser where nobody is logged in. */
function cameFromTelegram(): boolean {
  return new URLSearchParams(window.location.search).get('from') === 'telegram'
}
