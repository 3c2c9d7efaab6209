import { languageOf } from '@gramkit/mini-app/texts'
import { Failure, Loaded } from '@gramkit/mini-app/ui'
import { onlineManager, useQuery, useQueryClient } from '@tanstack/react-query'
import { AppRoot, Banner, Placeholder, Tabbar } from '@telegram-apps/telegram-ui'
import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react'
import { meQuery, visitQuery } from './api/queries.ts'
import type { User } from './api/wire.ts'
import { ContactDialog } from './purchase/contact-dialog.tsx'
import { PaymentNotice } from './purchase/payment-notice.tsx'
import { usePurchase } from './purchase/use-purchase.ts'
import { FriendsScreen } from './screens/friends-screen.tsx'
import { type ProfilePage, ProfileScreen } from './screens/profile-screen.tsx'
import { PurchasesScreen } from './screens/purchases-screen.tsx'
import { ShopScreen } from './screens/shop-screen.tsx'
import { VisitNote } from './screens/visit-note.tsx'
import { ShopProvider, useShop } from './shop-context.tsx'
import { texts } from './texts/texts.ts'
import { friendsIcon, profileIcon, purchasesIcon, shopIcon } from './ui/icons.tsx'
import { useLiveUpdates } from './use-live-updates.ts'

const TABS = [
  { id: 'shop', icon: shopIcon },
  { id: 'purchases', icon: purchasesIcon },
  { id: 'friends', icon: friendsIcon },
  { id: 'profile', icon: profileIcon },
] as const

type Tab = (typeof TABS)[number]['id']

/** The whole app. */
export function App() {
  const { api, host } = useShop()
  const isDark = useSyncExternalStore(host.onThemeChange, host.isDark)
  const [isErased, setErased] = useState(false)
  const me = useQuery({ ...meQuery(api), enabled: !isErased })
  return (
    <AppRoot platform={host.platform} appearance={isDark ? 'dark' : 'light'} className="root">
      <main className="page">
        <OfflineNote />
        <Loaded query={me} rows={4}>
          {(user) => (
            <Spoken user={user}>
              {isErased ? (
                <Erased />
              ) : (
                <Screens key={user.id} user={user} onErased={() => setErased(true)} />
              )}
            </Spoken>
          )}
        </Loaded>
      </main>
    </AppRoot>
  )
}

/** Speaks the language that the person has chosen, or that Telegram says they speak. */
function Spoken({ user, children }: { user: User; children: ReactNode }) {
  const shop = useShop()
  const language = user.language ?? languageOf(user.languageCode ?? shop.host.languageCode)
  useEffect(() => {
    document.documentElement.lang = language
    document.title = texts[language].tabs.shop
  }, [language])
  return (
    <ShopProvider shop={{ ...shop, language, texts: texts[language] }}>{children}</ShopProvider>
  )
}

function Screens({ user, onErased }: { user: User; onErased: () => void }) {
  const { host, texts } = useShop()
  const [tab, setTab] = useState<Tab>('shop')
  const [page, setPage] = useState<ProfilePage>()
  const visit = useVisit()
  const linked = TABS.find(({ id }) => visit?.start.page === `/${id}`)?.id
  useEffect(() => {
    if (linked) setTab(linked)
  }, [linked])
  const purchase = usePurchase(user.id)
  useLiveUpdates()
  useEffect(() => {
    if (page) return host.showBack(() => setPage(undefined))
    return tab === 'shop' ? undefined : host.showBack(() => setTab('shop'))
  }, [host, tab, page])
  return (
    <>
      {visit ? <VisitNote visit={visit} /> : null}
      {purchase.failure ? (
        <Failure error={purchase.failure} onRetry={purchase.retry} onHide={purchase.clearFailure} />
      ) : null}
      {purchase.contactWanted ? (
        <ContactDialog wanted={purchase.contactWanted} purchase={purchase} />
      ) : null}
      {purchase.watchedId ? <PaymentNotice id={purchase.watchedId} purchase={purchase} /> : null}
      {tab === 'shop' ? <ShopScreen user={user} purchase={purchase} /> : null}
      {tab === 'purchases' ? <PurchasesScreen purchase={purchase} /> : null}
      {tab === 'friends' ? <FriendsScreen /> : null}
      {tab === 'profile' ? (
        <ProfileScreen user={user} page={page} onPage={setPage} onErased={onErased} />
      ) : null}
      <Tabbar role="navigation" className="tabs">
        {TABS.map(({ id, icon }) => (
          <Tabbar.Item
            key={id}
            selected={tab === id}
            aria-current={tab === id ? 'page' : undefined}
            text={texts.tabs[id]}
            onClick={() => {
              setTab(id)
              setPage(undefined)
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

/** What is left for somebody who was forgotten. */
function Erased() {
  const { texts } = useShop()
  return <Placeholder header={texts.data.erased} description={texts.data.erasedNote} />
}

/** Begins the visit, and reads again what it has changed. */
function useVisit() {
  const { api, host } = useShop()
  const queries = useQueryClient()
  const { data } = useQuery(visitQuery(api, host.startParam))
  useEffect(() => {
    if (data)
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'visit' })
  }, [data, queries])
  return data
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
