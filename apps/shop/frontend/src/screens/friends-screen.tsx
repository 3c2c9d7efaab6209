import { doneOf } from '@gramkit/mini-app/requests'
import { day } from '@gramkit/mini-app/texts'
import { ConfirmDialog, Failure, Loaded } from '@gramkit/mini-app/ui'
import {
  type UseInfiniteQueryResult,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import { Avatar, Button, Cell, Placeholder, Section } from '@telegram-apps/telegram-ui'
import { type ReactNode, useState } from 'react'
import { blocksQuery, friendsQuery, requestsQuery } from '../api/queries.ts'
import type { Person } from '../api/wire.ts'
import { useShop } from '../shop-context.tsx'
import { InviteCell } from './invite-cell.tsx'

/** Who is a friend, who wants to be, and how to invite one. */
export function FriendsScreen() {
  const { api, texts } = useShop()
  const words = texts.friends
  const friends = useInfiniteQuery(friendsQuery(api))
  const requests = useInfiniteQuery(requestsQuery(api))
  const blocks = useInfiniteQuery(blocksQuery(api))
  const change = useChange()
  return (
    <>
      <InviteCell />
      {change.error ? <Failure error={change.error} onHide={change.reset} /> : null}
      <People
        {...{ query: requests, header: words.requests, note: words.wants, change }}
        actions={['accept', 'decline', 'block']}
      />
      <People
        {...{ query: friends, header: words.title, note: words.since, change }}
        actions={['remove', 'block']}
        empty={<Placeholder header={words.empty} description={words.emptyNote} />}
      />
      <People
        {...{ query: blocks, header: words.blocked, note: words.blockedSince, change }}
        actions={['unblock']}
      />
    </>
  )
}

/** A list of people, page by page, with what can be done about each. */
function People(props: {
  query: Pick<
    UseInfiniteQueryResult<Person[]>,
    'data' | 'error' | 'refetch' | 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage'
  >
  header: string
  note: (day: string) => string
  change: ReturnType<typeof useChange>
  actions: readonly Action[]
  empty?: ReactNode
}) {
  const { texts } = useShop()
  const { query, header, note, change, actions, empty = null } = props
  return (
    <Loaded query={query} rows={empty ? 3 : 0}>
      {(found) =>
        found.length === 0 ? (
          empty
        ) : (
          <>
            <Section header={header}>
              {found.map((person) => (
                <PersonCell key={person.userId} person={person} note={note}>
                  {actions.map((action) => (
                    <ActionButton key={action} change={change} person={person} action={action} />
                  ))}
                </PersonCell>
              ))}
            </Section>
            {query.hasNextPage ? (
              <Button
                mode="plain"
                size="m"
                stretched
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {texts.purchases.more}
              </Button>
            ) : null}
          </>
        )
      }
    </Loaded>
  )
}

type Action = 'accept' | 'decline' | 'remove' | 'block' | 'unblock'

function useChange() {
  const { api } = useShop()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ action, userId }: { action: Action; userId: string }) => {
      const params = { params: { path: { userId } } }
      switch (action) {
        case 'accept':
        case 'decline':
          return doneOf(api.POST(`/api/v1/friendships/{userId}/${action}`, params))
        case 'remove':
          return doneOf(api.DELETE('/api/v1/friendships/{userId}', params))
        case 'block':
          return doneOf(api.PUT('/api/v1/friendships/{userId}/block', params))
        case 'unblock':
          return doneOf(api.DELETE('/api/v1/friendships/{userId}/block', params))
      }
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['friendships'] }),
  })
}

function PersonCell(props: { person: Person; note: (day: string) => string; children: ReactNode }) {
  const { language, texts } = useShop()
  const { person, note } = props
  const name = person.firstName ?? texts.friends.nameless
  return (
    <div>
      <Cell
        Component="article"
        aria-label={name}
        className="still"
        before={<Avatar size={40} acronym={name.slice(0, 1)} aria-hidden="true" />}
        subtitle={person.username ? `@${person.username}` : undefined}
        description={note(day(language, person.since))}
      >
        {name}
      </Cell>
      <div className="cell-actions">{props.children}</div>
    </div>
  )
}

function ActionButton(props: {
  change: ReturnType<typeof useChange>
  person: Person
  action: Action
}) {
  const { texts } = useShop()
  const [isAsking, setAsking] = useState(false)
  const { change, person, action } = props
  const { userId, firstName } = person
  const name = firstName ?? texts.friends.nameless
  const words = texts.friends
  const isPending = change.isPending && change.variables.userId === userId
  return (
    <>
      <Button
        size="s"
        mode={action === 'accept' ? 'filled' : 'plain'}
        aria-label={words.actionOn(words.actions[action], name)}
        loading={isPending && change.variables.action === action}
        disabled={isPending}
        onClick={() =>
          action === 'remove' || action === 'block'
            ? setAsking(true)
            : change.mutate({ action, userId })
        }
      >
        {words.actions[action]}
      </Button>
      {isAsking && (action === 'remove' || action === 'block') ? (
        <ConfirmDialog
          title={words.confirm[action].title(name)}
          note={words.confirm[action].note}
          yes={words.confirm[action].yes}
          no={words.confirm.no}
          onNo={() => setAsking(false)}
          onYes={() => {
            setAsking(false)
            change.mutate({ action, userId })
          }}
        />
      ) : null}
    </>
  )
}
