import { type Host, telegramHost, webHost } from '@gramkit/mini-app/host'
import { answerOf, fetchAs, Session } from '@gramkit/mini-app/requests'
import { browserStore, scopedStore } from '@gramkit/mini-app/store'
import { languageOf } from '@gramkit/mini-app/texts'
import { anonymousClient, sessionClient } from './api/api.ts'
import type { Shop } from './shop-context.tsx'
import { texts } from './texts/texts.ts'

/** Puts the app's parts together for the place it runs in. */
export function openShop(): Shop {
  const deviceStore = scopedStore(
    browserStore(() => window.localStorage),
    'gramkit.shop.',
  )
  const tabStore = scopedStore(
    browserStore(() => window.sessionStorage),
    'gramkit.shop.',
  )
  const home = new URL(import.meta.env.BASE_URL, window.location.origin)
  const host = telegramHost(deviceStore, home) ?? webHost(deviceStore, home)
  const baseUrl = window.location.origin
  const session = new Session({
    identity: host.identity,
    logIn: () => logIn(baseUrl, host.credentials),
    store: deviceStore,
  })
  const language = languageOf(host.languageCode)
  const sendAs = fetchAs(session, (request) => fetch(request))
  return {
    api: sessionClient(baseUrl, session),
    openStream: (signal) => sendAs(new Request(`${baseUrl}/api/v1/me/stream`, { signal })),
    host,
    language,
    texts: texts[language],
    tabStore,
    deviceStore,
  }
}

async function logIn(baseUrl: string, credentials: Host['credentials']): Promise<string> {
  const api = anonymousClient(baseUrl)
  const call =
    'initData' in credentials
      ? api.POST('/api/v1/auth/telegram', { body: credentials })
      : api.POST('/api/v1/auth/guest', { body: credentials })
  return (await answerOf(call)).token
}
