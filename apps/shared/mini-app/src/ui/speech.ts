import { createContext, use } from 'react'
import type { RequestFailed } from '../requests/index.ts'
import type { Language } from '../texts/index.ts'

/** What the shared components say, in the language of the page. */
export interface Speech {
  readonly language: Language
  /** Above the words of a failure. */
  readonly failed: string
  readonly retry: string
  readonly hide: string
  readonly loading: string
  /** Below a list that goes on. */
  readonly more: string
  problem(failure: RequestFailed): string
}

/** Gives the shared components their {@link Speech}. */
export const SpeechContext = createContext<Speech | undefined>(undefined)

/** The words of the page that this component is part of. */
export function useSpeech(): Speech {
  const speech = use(SpeechContext)
  if (!speech) throw new Error('useSpeech is called outside SpeechContext')
  return speech
}
