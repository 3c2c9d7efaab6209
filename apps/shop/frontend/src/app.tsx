import { onlineManager, useQuery } from '@tanstack/react-query'
import { AppRoot, Banner, Tabbar } from '@telegram-apps/telegram-ui'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { meQuery } from './api/queries.ts'
import type { User } from './api/wire.ts'
import { ContactDialog } from './purchase/contact-dialog.tsx'
import { PaymentNotice } from './purchase/payment-notice.tsx'
import { usePurchase } from './purchase/use-purchase.ts'
import { HistoryScreen } from './screens/history-screen.tsx'
import { PurchasesScreen } from './screens/purchases-screen.tsx'
import { ShopScreen } from './screens/shop-screen.tsx'
import { useShop } from './shop-context.ts'
import { Failure } from './ui/failure.tsx'
import { historyIcon, purchasesIcon, shopIcon } from './ui/icons.tsx'
import { Loaded } from './ui/loaded.tsx'
import { useLiveUpdates } from './use-live-updates.ts'

const TABS = [
  { id: 'shop', icon: shopIcon },
  { id: 'purchases', icon: purchasesIcon },
  { id: 'history', icon: historyIcon },
] as const

type Tab = (typeof TABS)[number]['id']

/** The whole app. */
export function App() {
  const { api, host } = useShop()
  const isDark = useSyncExternalStore(host.onThemeChange, host.isDark)
  const me = useQuery(meQuery(api))
  return (
    <AppRoot platform={host.platform} appearance={isDark ? 'dark' : 'light'} className="root">
      <main className="page">
        <OfflineNote />
        <Loaded query={me} rows={4}>
          {(user) => <Screens key={user.id} user={user} />}
        </Loaded>
      </main>
    </AppRoot>
  )
}

function Screens({ user }: { user: User }) {
  const { host, texts } = useShop()
  const [tab, setTab] = useState<Tab>('shop')
  const purchase = usePurchase(user.id)
  useLiveUpdates()
  useEffect(() => (tab === 'shop' ? undefined : host.showBack(() => setTab('shop'))), [host, tab])
  return (
    <>
      {purchase.failure ? (
        <Failure error={purchase.failure} onRetry={purchase.retry} onHide={purchase.clearFailure} />
      ) : null}
      {purchase.contactWanted ? (
        <ContactDialog wanted={purchase.contactWanted} purchase={purchase} />
      ) : null}
      {purchase.watchedId ? <PaymentNotice id={purchase.watchedId} purchase={purchase} /> : null}
      {tab === 'shop' ? <ShopScreen user={user} purchase={purchase} /> : null}
      {tab === 'purchases' ? <PurchasesScreen purchase={purchase} /> : null}
      {tab === 'history' ? <HistoryScreen /> : null}
      <Tabbar role="navigation" className="tabs">
        {TABS.map(({ id, icon }) => (
          <Tabbar.Item
            key={id}
            selected={tab === id}
            aria-current={tab === id ? 'page' : undefined}
            text={texts.tabs[id]}
            onClick={() => {
              setTab(id)
              window.scrollTo(0, 0)
            }}
          >
            {icon}
          </Tabbar.Item>
        ))}
      </Tabbar>
    </>
  )
}

function OfflineNote() {
  const { texts } = useShop()
  const isOnline = useSyncExternalStore(
    (listener) => onlineManager.subscribe(listener),
    () => onlineManager.isOnline(),
  )
  return isOnline ? null : (
    <Banner role="status" type="section" className="offline" subheader={texts.offline} />
  )
}
