import { languages } from '@gramkit/mini-app/texts'
import { SkeletonRows } from '@gramkit/mini-app/ui'
import { AppRoot, Button } from '@telegram-apps/telegram-ui'
import { lazy, type MouseEvent, Suspense, useEffect, useState, useSyncExternalStore } from 'react'
import { JoinPage } from './join/join-page.tsx'
import { type Launchpad, LaunchpadProvider, useLaunchpad } from './launchpad-context.tsx'
import { MePage } from './me/me-page.tsx'
import { RedeemPage } from './redeem/redeem-page.tsx'
import { addressOf, go, type PageName, pageNames, usePlace } from './route.ts'
import { texts } from './texts/texts.ts'

/** Charts are heavy, and few people are administrators. */
const AdminPage = lazy(async () => {
  const { AdminPage: page } = await import('./admin/admin-page.tsx')
  return { default: page }
})

const PAGES = { join: JoinPage, redeem: RedeemPage, me: MePage, admin: AdminPage }

/** All pages. */
export function App({ launchpad }: { launchpad: Launchpad }) {
  const { host, deviceStore } = launchpad
  const [language, setLanguage] = useState(launchpad.language)
  const isDark = useSyncExternalStore(host.onThemeChange, host.isDark)
  const { page } = usePlace()
  const Page = PAGES[page]
  useEffect(() => {
    document.documentElement.lang = language
    document.title = `${texts[language].nav[page]} · ${texts[language].brand}`
  }, [language, page])
  useEffect(() => (page === 'join' ? undefined : host.showBack(() => go('join'))), [host, page])
  const switchLanguage = () => {
    const other = languages.find((name) => name !== language) ?? language
    deviceStore.set('language', other)
    setLanguage(other)
  }
  return (
    <AppRoot platform={host.platform} appearance={isDark ? 'dark' : 'light'} className="root desk">
      <LaunchpadProvider launchpad={{ ...launchpad, language, texts: texts[language] }}>
        <Header page={page} onLanguage={switchLanguage} />
        <main className={page === 'admin' ? 'wide' : 'narrow'}>
          <Suspense fallback={<SkeletonRows count={5} />}>
            <Page />
          </Suspense>
        </main>
      </LaunchpadProvider>
    </AppRoot>
  )
}

function Header({ page, onLanguage }: { page: PageName; onLanguage: () => void }) {
  const { texts } = useLaunchpad()
  // Administrators know the address of their page.
  const shown = pageNames.filter((name) => name !== 'admin' || page === 'admin')
  return (
    <header className="top">
      <strong className="brand">{texts.brand}</strong>
      <nav className="top-links">
        {shown.map((name) => (
          <PageLink key={name} page={name} isHere={name === page} />
        ))}
      </nav>
      <Button size="s" mode="plain" aria-label={texts.languageLabel} onClick={onLanguage}>
        {texts.language}
      </Button>
    </header>
  )
}

function PageLink({ page, isHere }: { page: PageName; isHere: boolean }) {
  const { texts } = useLaunchpad()
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    go(page)
  }
  return (
    <a href={addressOf(page)} aria-current={isHere ? 'page' : undefined} onClick={follow}>
      {texts.nav[page]}
    </a>
  )
}
