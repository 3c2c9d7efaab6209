import { webHost } from '@gramkit/mini-app/host'
import { apiAt, withTimeout } from '@gramkit/mini-app/requests'
import { browserStore, scopedStore } from '@gramkit/mini-app/store'
import { languageOf } from '@gramkit/mini-app/texts'
import { ApiKeyHolder } from './api/api-key-holder.ts'
import type { Desk } from './desk-context.tsx'
import { carriedKey } from './route.ts'
import { texts } from './texts/texts.ts'

const PREFIX = 'gramkit.billing.'

/** Puts the dashboard's parts together for the tab it runs in. */
export function openDesk(): Desk {
  const device = scopedStore(
    browserStore(() => window.localStorage),
    PREFIX,
  )
  const tab = scopedStore(
    browserStore(() => window.sessionStorage),
    PREFIX,
  )
  const home = new URL('./', window.location.href)
  const apiKey = new ApiKeyHolder(tab)
  takeKey(apiKey)
  window.addEventListener('hashchange', () => {
    if (takeKey(apiKey)) window.location.reload()
  })
  const language = languageOf(device.get('language') ?? navigator.language)
  return {
    api: apiAt(new URL('./api/v1/', home).href, apiKey.asTenant(withTimeout)),
    apiKey,
    host: webHost(device, home),
    language,
    texts: texts[language],
    deviceStore: device,
  }
}

/** Keeps the key of a link, and takes it out of the address: it belongs into nobody's history. */
function takeKey(apiKey: ApiKeyHolder): boolean {
  const key = carriedKey(window.location.hash)
  if (key === undefined) return false
  apiKey.keep(key)
  window.history.replaceState(null, '', window.location.pathname)
  return true
}
