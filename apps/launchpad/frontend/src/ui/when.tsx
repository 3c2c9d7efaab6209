import { moment } from '@gramkit/mini-app/texts'
import { useLaunchpad } from '../launchpad-context.tsx'

/** A day and time in a table; a dash where there was none. */
export function When({ at }: { at: string | null }) {
  const { language } = useLaunchpad()
  if (at === null) return '–'
  return (
    <time className="when" dateTime={at}>
      {moment(language, at)}
    </time>
  )
}
