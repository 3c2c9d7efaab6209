import { Banner, Button } from '@telegram-apps/telegram-ui'
import { toRequestFailed } from '../requests/index.ts'
import { useSpeech } from './speech.ts'

/** Says what went wrong and offers to try again. */
export function Failure(props: {
  error: unknown
  onRetry?: (() => void) | undefined
  onHide?: () => void
}) {
  const speech = useSpeech()
  return (
    <Banner
      role="alert"
      type="section"
      header={speech.failed}
      description={speech.problem(toRequestFailed(props.error))}
    >
      {props.onRetry ? (
        <Button size="s" onClick={props.onRetry}>
          {speech.retry}
        </Button>
      ) : null}
      {props.onHide ? (
        <Button size="s" mode="plain" onClick={props.onHide}>
          {speech.hide}
        </Button>
      ) : null}
    </Banner>
  )
}
