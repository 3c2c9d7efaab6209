import { moment } from '../texts/index.ts'
import { useSpeech } from './speech.ts'

/** A day and time in a table; a dash where there was none. */
export function When({ at }: { at: string | null }) {
  const { language } = useSpeech()
  if (at === null) return '–'
  return (
    <time className="when" dateTime={at}>
      {moment(language, at)}
    </time>
  )
}
