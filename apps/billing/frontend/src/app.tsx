import { toRequestFailed } from '@gramkit/mini-app/requests'
import { languages } from '@gramkit/mini-app/texts'
import { Failure, SkeletonRows } from '@gramkit/mini-app/ui'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { AppRoot, Button } from '@telegram-apps/telegram-ui'
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from 'react'
import { tenantQuery } from './api/queries.ts'
import { type Desk, DeskProvider, useDesk } from './desk-context.tsx'
import { hashOf, type Place, usePlace, viewNames } from './route.ts'
import { texts } from './texts/texts.ts'
import { AuditView } from './views/audit-view.tsx'
import { CustomerView } from './views/customer-view.tsx'
import { CustomersView } from './views/customers-view.tsx'
import { InvoiceView } from './views/invoice-view.tsx'
import { InvoicesView } from './views/invoices-view.tsx'
import { PlansView } from './views/plans-view.tsx'
import { RunsView } from './views/runs-view.tsx'
import { SignIn } from './views/sign-in.tsx'
import { SubscriptionsView } from './views/subscriptions-view.tsx'
import { UsageView } from './views/usage-view.tsx'

/** Charts are heavy, and most views need none. */
const OverviewView = lazy(async () => {
  const { OverviewView: view } = await import('./views/overview-view.tsx')
  return { default: view }
})

/** The dashboard. */
export function App({ desk }: { desk: Desk }) {
  const { host, deviceStore } = desk
  const [language, setLanguage] = useState(desk.language)
  const isDark = useSyncExternalStore(host.onThemeChange, host.isDark)
  const switchLanguage = () => {
    const other = languages.find((name) => name !== language) ?? language
    deviceStore.set('language', other)
    setLanguage(other)
  }
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  return (
    <AppRoot platform="base" appearance={isDark ? 'dark' : 'light'} className="root desk">
      <DeskProvider desk={{ ...desk, language, texts: texts[language] }}>
        <Gate onLanguage={switchLanguage} />
      </DeskProvider>
    </AppRoot>
  )
}

/** Lets those in who have a key that is known; one without the right to read its tenant is, too. */
function Gate({ onLanguage }: { onLanguage: () => void }) {
  const desk = useDesk()
  const key = useSyncExternalStore(desk.apiKey.subscribe, desk.apiKey.current)
  const tenant = useQuery({ ...tenantQuery(desk), enabled: key !== undefined })
  const refusal = tenant.error ? toRequestFailed(tenant.error) : undefined
  const isOut = key === undefined || refusal?.status === 401
  return (
    <>
      <Header name={isOut ? undefined : tenant.data?.name} isIn={!isOut} onLanguage={onLanguage} />
      <main className="wide">
        {isOut ? (
          <SignIn refusal={key === undefined ? undefined : refusal} />
        ) : tenant.data !== undefined ? (
          <Views />
        ) : refusal ? (
          <Failure error={refusal} onRetry={() => void tenant.refetch()} />
        ) : (
          <SkeletonRows count={5} />
        )}
      </main>
    </>
  )
}

function Header(props: { name: string | undefined; isIn: boolean; onLanguage: () => void }) {
  const { apiKey, texts } = useDesk()
  const queries = useQueryClient()
  const signOut = () => {
    apiKey.forget()
    // Nothing that the key showed stays in the page.
    queries.clear()
  }
  return (
    <header className="top">
      <strong className="brand">{props.name ?? texts.brand}</strong>
      <span className="grow" />
      {props.isIn ? (
        <Button size="s" mode="plain" onClick={signOut}>
          {texts.signOut}
        </Button>
      ) : null}
      <Button size="s" mode="plain" aria-label={texts.languageLabel} onClick={props.onLanguage}>
        {texts.language}
      </Button>
    </header>
  )
}

function Views() {
  const { texts } = useDesk()
  const place = usePlace()
  useEffect(() => {
    document.title = `${texts.views[place.view]} · ${texts.brand}`
    window.scrollTo(0, 0)
  }, [texts, place.view])
  return (
    <div className="admin">
      <nav className="views" aria-label={texts.nav}>
        {viewNames.map((name) => (
          <a key={name} href={hashOf(name)} aria-current={name === place.view ? 'page' : undefined}>
            {texts.views[name]}
          </a>
        ))}
      </nav>
      <div className="column">
        <Suspense fallback={<SkeletonRows count={5} />}>
          <View place={place} />
        </Suspense>
      </div>
    </div>
  )
}

function View({ place: { view, id } }: { place: Place }) {
  switch (view) {
    case 'overview':
      return <OverviewView />
    case 'invoices':
      return id === undefined ? <InvoicesView /> : <InvoiceView key={id} id={id} />
    case 'customers':
      return id === undefined ? <CustomersView /> : <CustomerView key={id} id={id} />
    case 'subscriptions':
      return <SubscriptionsView />
    case 'plans':
      return <PlansView />
    case 'runs':
      return <RunsView />
    case 'usage':
      return <UsageView />
    case 'audit':
      return <AuditView />
  }
}
