import { Failure } from '@gramkit/mini-app/ui'
import { useMutation } from '@tanstack/react-query'
import { Button, Cell, Section } from '@telegram-apps/telegram-ui'
import { useState } from 'react'
import { inviteLink } from '../api/invite.ts'
import { useShop } from '../shop-context.tsx'

/** Makes a link that whoever opens it becomes a friend by, and hands it on. */
export function InviteCell() {
  const { api, host, texts } = useShop()
  const words = texts.friends.invite
  const invitation = useMutation({ mutationFn: () => inviteLink(api) })
  const link = invitation.data
  return (
    <Section footer={words.note}>
      {link ? (
        <>
          <Cell className="still" multiline subhead={words.link}>
            <span className="link">{link}</span>
          </Cell>
          <div className="cell-actions">
            <Button size="m" onClick={() => host.share(link, words.message)}>
              {words.send}
            </Button>
            <CopyButton text={link} />
          </div>
        </>
      ) : (
        <div className="only-action">
          <Button
            size="l"
            stretched
            loading={invitation.isPending}
            onClick={() => invitation.mutate()}
          >
            {words.make}
          </Button>
        </div>
      )}
      {invitation.error ? (
        <Failure error={invitation.error} onRetry={() => invitation.mutate()} />
      ) : null}
    </Section>
  )
}

function CopyButton({ text }: { text: string }) {
  const { texts } = useShop()
  const [isCopied, setCopied] = useState<boolean>()
  // Where the browser allows no copying, the link can still be marked by hand.
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  const { copied, copy: label, notCopied } = texts.friends.invite
  const said = isCopied === undefined ? label : isCopied ? copied : notCopied
  return (
    <Button size="m" mode="bezeled" onClick={() => void copy()}>
      <span role="status">{said}</span>
    </Button>
  )
}
