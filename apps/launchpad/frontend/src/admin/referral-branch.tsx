import { day } from '@gramkit/mini-app/texts'
import { Failure, Loaded } from '@gramkit/mini-app/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from '@telegram-apps/telegram-ui'
import { useState } from 'react'
import type * as z from 'zod/mini'
import { useLaunchpad } from '../launchpad-context.tsx'
import { adminListQuery } from './queries.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { useAdminTexts } from './texts/texts.ts'
import { useAct } from './use-act.ts'
import { treeNodeWire } from './wire.ts'

type Node = z.infer<typeof treeNodeWire>

/** Whom somebody brought, and whom these brought; from the top without a root. */
export function Branch({ root }: { root?: string }) {
  const launchpad = useLaunchpad()
  const words = useAdminTexts().referrals
  const nodes = useInfiniteQuery(
    adminListQuery(launchpad, treeNodeWire, '/api/referrals/tree', { root }),
  )
  return (
    <Loaded query={nodes} rows={2}>
      {(rows) =>
        rows.length === 0 ? (
          <p className="empty">{words.nobody}</p>
        ) : (
          <ul className="tree">
            {rows.map((node) => (
              <li key={node.id}>
                <NodeRow node={node} isTop={root === undefined} />
              </li>
            ))}
            {nodes.hasNextPage ? (
              <li>
                <Button
                  size="s"
                  mode="plain"
                  loading={nodes.isFetchingNextPage}
                  onClick={() => void nodes.fetchNextPage()}
                >
                  {launchpad.texts.more}
                </Button>
              </li>
            ) : null}
          </ul>
        )
      }
    </Loaded>
  )
}

function NodeRow({ node, isTop }: { node: Node; isTop: boolean }) {
  const { language, texts } = useLaunchpad()
  const words = useAdminTexts().referrals
  const [isOpen, setOpen] = useState(false)
  const { invitee, inviter, status, flags, frozen, brought, qualified } = node
  return (
    <>
      <div className="node">
        {isTop ? <span>{inviter.who} →</span> : null}
        <strong>{invitee?.who ?? words.named}</strong>
        <span className={`badge badge-${status}`}>{texts.me.statuses[status]}</span>
        {frozen && status !== 'clawed_back' ? <span className="badge">{words.frozen}</span> : null}
        {flags.map((flag) => (
          <span key={flag} className="badge badge-critical">
            {texts.me.flags[flag]}
          </span>
        ))}
        <span className="hint">{day(language, node.at)}</span>
        {invitee && brought > 0 ? (
          <Button size="s" mode="plain" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {words.brought(brought, qualified)}
          </Button>
        ) : null}
        <Actions node={node} />
      </div>
      {isOpen && invitee ? <Branch root={invitee.entry_id} /> : null}
    </>
  )
}

type Action = 'freeze' | 'unfreeze' | 'clawback'

function Actions({ node: { id, status, frozen, invitee } }: { node: Node }) {
  const words = useAdminTexts().referrals
  const act = useAct()
  const [asking, setAsking] = useState<Action>()
  if (invitee === null || status === 'clawed_back') return null
  const actions: readonly Action[] = [frozen ? 'unfreeze' : 'freeze', 'clawback']
  return (
    <span className="actions">
      {actions.map((action) => (
        <Button
          key={action}
          size="s"
          mode="plain"
          aria-label={`${words.actions[action]}: ${invitee.who}`}
          loading={act.isPending}
          onClick={() => setAsking(action)}
        >
          {words.actions[action]}
        </Button>
      ))}
      {act.error ? <Failure error={act.error} onHide={act.reset} /> : null}
      {asking ? (
        <ReasonDialog
          title={`${words.actions[asking]}: ${invitee.who}`}
          note={words.actionNotes[asking]}
          yes={words.actions[asking]}
          onNo={() => setAsking(undefined)}
          onYes={(reason) => {
            setAsking(undefined)
            act.mutate({ method: 'POST', path: `/api/referrals/${id}/${asking}`, body: { reason } })
          }}
        />
      ) : null}
    </span>
  )
}
