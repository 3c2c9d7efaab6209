import { Banner, Button } from '@telegram-apps/telegram-ui'
import { toRequestFailed } from '../api/request-failed.ts'
import { useShop } from '../shop-context.ts'
import { problemText } from '../texts/problem-texts.ts'

/** Says what went wrong and offers to try again. */
export function Failure(props: {
  error: unknown
  onRetry?: (() => void) | undefined
  onHide?: () => void
}) {
  const { language, texts } = useShop()
  return (
    <Banner
      role="alert"
      type="section"
      header={texts.failedTitle}
      description={problemText(toRequestFailed(props.error), language)}
    >
      {props.onRetry ? (
        <Button size="s" onClick={props.onRetry}>
          {texts.retry}
        </Button>
      ) : null}
      {props.onHide ? (
        <Button size="s" mode="plain" onClick={props.onHide}>
          {texts.notice.hide}
        </Button>
      ) : null}
    </Banner>
  )
}
