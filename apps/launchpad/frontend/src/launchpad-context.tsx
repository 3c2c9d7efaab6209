import type { Host } from '@gramkit/mini-app/host'
import type { Api, RequestFailed } from '@gramkit/mini-app/requests'
import type { TextStore } from '@gramkit/mini-app/store'
import { type Language, problemText } from '@gramkit/mini-app/texts'
import { SpeechContext } from '@gramkit/mini-app/ui'
import { createContext, type ReactNode, use } from 'react'
import type { Access } from './api/access.ts'
import type { Texts } from './texts/en.ts'
import { problemTexts } from './texts/problem-texts.ts'

/** What every page may use. */
export interface Launchpad {
  /** In the name of the person, or of nobody. */
  readonly api: Api
  /** With the administrator's token, or in the name of a person who may be one. */
  readonly adminApi: Api
  readonly access: Access
  readonly host: Host
  readonly language: Language
  readonly texts: Texts
  /** What the link that led here carries. */
  readonly carried: URLSearchParams
  /** Kept for the device. */
  readonly deviceStore: TextStore
}

const LaunchpadContext = createContext<Launchpad | undefined>(undefined)

/** Gives the pages their {@link Launchpad}, and the shared components their words. */
export function LaunchpadProvider(props: { launchpad: Launchpad; children: ReactNode }) {
  const { language, texts } = props.launchpad
  const { failed, retry, hide, loading, more } = texts
  const problem = (failure: RequestFailed) => problemText(failure, problemTexts, language)
  return (
    <LaunchpadContext value={props.launchpad}>
      <SpeechContext value={{ language, failed, retry, hide, loading, more, problem }}>
        {props.children}
      </SpeechContext>
    </LaunchpadContext>
  )
}

/** The launchpad this component is part of. */
export function useLaunchpad(): Launchpad {
  const launchpad = use(LaunchpadContext)
  if (!launchpad) throw new Error('useLaunchpad is called outside LaunchpadProvider')
  return launchpad
}
