import type { Host } from '@gramkit/mini-app/host'
import type { Api, RequestFailed } from '@gramkit/mini-app/requests'
import type { TextStore } from '@gramkit/mini-app/store'
import { type Language, problemText } from '@gramkit/mini-app/texts'
import { SpeechContext } from '@gramkit/mini-app/ui'
import { createContext, type ReactNode, use } from 'react'
import type { ApiKeyHolder } from './api/api-key-holder.ts'
import type { Texts } from './texts/en.ts'
import { problemTexts } from './texts/problem-texts.ts'

/** What every view may use. */
export interface Desk {
  /** In the name of the tenant whose key there is. */
  readonly api: Api
  readonly apiKey: ApiKeyHolder
  readonly host: Host
  readonly language: Language
  readonly texts: Texts
  /** Kept for the device. */
  readonly deviceStore: TextStore
}

const DeskContext = createContext<Desk | undefined>(undefined)

/** Gives the views their {@link Desk}, and the shared components their words. */
export function DeskProvider(props: { desk: Desk; children: ReactNode }) {
  const { language, texts } = props.desk
  const { failed, retry, hide, loading, more } = texts
  const problem = (failure: RequestFailed) => problemText(failure, problemTexts, language)
  return (
    <DeskContext value={props.desk}>
      <SpeechContext value={{ language, failed, retry, hide, loading, more, problem }}>
        {props.children}
      </SpeechContext>
    </DeskContext>
  )
}

/** The desk this component is part of. */
export function useDesk(): Desk {
  const desk = use(DeskContext)
  if (!desk) throw new Error('useDesk is called outside DeskProvider')
  return desk
}
