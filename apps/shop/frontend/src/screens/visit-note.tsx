import { Banner, Button } from '@telegram-apps/telegram-ui'
import { useState } from 'react'
import type { Visit } from '../api/wire.ts'
import { useShop } from '../shop-context.tsx'

/** Says what the link has done, and how long somebody has come day after day. */
export function VisitNote({ visit }: { visit: Visit }) {
  const { texts } = useShop()
  const [isHidden, setHidden] = useState(false)
  const said = wordsFor(visit, texts.visit)
  if (!said || isHidden) return null
  return (
    <Banner role="status" type="section" header={said.title} description={said.note}>
      <Button size="s" mode="plain" onClick={() => setHidden(true)}>
        {texts.notice.hide}
      </Button>
    </Banner>
  )
}

type Words = ReturnType<typeof useShop>['texts']['visit']

function wordsFor({ invitation, milestone }: Visit, words: Words) {
  if (invitation?.isAccepted) {
    const { inviter, makesFriends } = invitation
    return {
      title: inviter ? words.accepted(inviter.firstName ?? words.somebody) : words.acceptedOnly,
      note: makesFriends ? words.friendsNote : undefined,
    }
  }
  // A link that is opened again has done its work.
  if (invitation?.refusal && invitation.refusal !== 'invites.already_used') {
    return { title: words.refused, note: words.reasons[invitation.refusal] ?? words.refusedNote }
  }
  return milestone ? { title: words.milestone(milestone), note: words.milestoneNote } : undefined
}
