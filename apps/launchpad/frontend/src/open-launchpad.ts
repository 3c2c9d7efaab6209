import { type Host, telegramHost, webHost } from '@gramkit/mini-app/host'
import { type Api, apiAt, Session, withTimeout } from '@gramkit/mini-app/requests'
import { browserStore, scopedStore } from '@gramkit/mini-app/store'
import { languageOf } from '@gramkit/mini-app/texts'
import { Access } from './api/access.ts'
import { loginWire } from './api/wire.ts'
import type { Launchpad } from './launchpad-context.tsx'
import { carriedBy, cleanAddress, reloadForLinks } from './route.ts'
import { texts } from './texts/texts.ts'

/** Under what the device keeps by whose link somebody came. */
export const REFERRAL_KEY = 'referral'

/** Puts the pages' parts together for the place they run in. */
export function openLaunchpad(): Launchpad {
  const device = scopedStore(
    browserStore(() => window.localStorage),
    'gramkit.launchpad.',
  )
  const tab = scopedStore(
    browserStore(() => window.sessionStorage),
    'gramkit.launchpad.',
  )
  const home = new URL('./', window.location.href)
  const host = telegramHost(device, home) ?? webHost(device, home)
  const baseUrl = addressOfApi()
  const session = sessionOf(host, apiAt(baseUrl, withTimeout), device)
  const access = new Access({ session, device, tab })
  const carried = carriedBy(new URL(window.location.href))
  const place = carried.get('token')
  const referral = carried.get('ref') ?? referrerIn(host.startParam)
  // First touch counts: a later link does not take somebody away from who brought them.
  if (referral !== undefined && device.get(REFERRAL_KEY) === undefined)
    device.set(REFERRAL_KEY, referral)
  if (host.kind === 'web') {
    cleanAddress()
    reloadForLinks()
  }
  if (place !== null) access.keepPosition(place)
  const language = languageOf(device.get('language') ?? host.languageCode)
  return {
    api: apiAt(baseUrl, access.asPerson),
    adminApi: apiAt(baseUrl, access.asAdmin),
    access,
    host,
    language,
    texts: texts[language],
    carried,
    deviceStore: device,
  }
}

/** Whose link opened the Mini App: the referrer stands last in a start parameter, after `r-`. */
function referrerIn(startParam = ''): string | undefined {
  return /(?:^|-)r-([0-9A-Za-z]+)$/.exec(startParam)?.[1]
}

/**
 * The page's own origin, unless whoever carries the pages elsewhere has written another into them.
 * A link cannot name it: it would send people's addresses to whoever made the link.
 */
function addressOfApi(): string {
  const written = document.querySelector<HTMLMetaElement>('meta[name="api-url"]')?.content
  return written || window.location.origin
}

/** A login by Telegram; browsers alone have none of their own. */
function sessionOf(host: Host, api: Api, store: Launchpad['deviceStore']): Session | undefined {
  const { credentials } = host
  if (!('initData' in credentials)) return undefined
  const logIn = async () => {
    const ask = { method: 'POST', body: credentials } as const
    return (await api.ask(loginWire, '/join/api/v1/auth/telegram', ask)).token
  }
  return new Session({ identity: host.identity, logIn, store })
}
