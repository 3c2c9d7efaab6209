import { Button } from '@telegram-apps/telegram-ui'
import { useState } from 'react'
import { useLaunchpad } from '../launchpad-context.tsx'

/** Copies a text; where the browser allows none, it can still be marked by hand. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const { texts } = useLaunchpad()
  const [isCopied, setCopied] = useState<boolean>()
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  const said = isCopied === undefined ? texts.copy : isCopied ? texts.copied : texts.notCopied
  return (
    <Button size="s" mode="bezeled" aria-label={label} onClick={() => void copy()}>
      <span role="status">{said}</span>
    </Button>
  )
}
