import { doneOf } from '@gramkit/mini-app/requests'
import { moment } from '@gramkit/mini-app/texts'
import { Failure, Loaded } from '@gramkit/mini-app/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Badge, Button, Cell, Section } from '@telegram-apps/telegram-ui'
import { sessionsQuery } from '../api/queries.ts'
import type { Login } from '../api/wire.ts'
import { useShop } from '../shop-context.tsx'

const OTHERS = 'others'

/** Where the person is logged in, and how to end it. */
export function LoginsScreen() {
  const { api, texts } = useShop()
  const queries = useQueryClient()
  const words = texts.logins
  const sessions = useQuery(sessionsQuery(api))
  const end = useMutation({
    mutationFn: (id: string) =>
      doneOf(
        id === OTHERS
          ? api.DELETE('/api/v1/me/sessions')
          : api.DELETE('/api/v1/me/sessions/{id}', { params: { path: { id } } }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  })
  return (
    <Loaded query={sessions} rows={2}>
      {(found) => (
        <>
          {end.error ? <Failure error={end.error} onHide={end.reset} /> : null}
          <Section footer={words.note}>
            {found.map((login) => (
              <LoginCell
                key={login.id}
                login={login}
                isEnding={end.isPending && end.variables === login.id}
                onEnd={() => end.mutate(login.id)}
              />
            ))}
          </Section>
          {found.length > 1 ? (
            <Button
              mode="bezeled"
              size="l"
              stretched
              loading={end.isPending && end.variables === OTHERS}
              onClick={() => end.mutate(OTHERS)}
            >
              {words.endOthers}
            </Button>
          ) : null}
        </>
      )}
    </Loaded>
  )
}

function LoginCell(props: { login: Login; isEnding: boolean; onEnd: () => void }) {
  const { language, texts } = useShop()
  const words = texts.logins
  const { label, surface, lastSeenAt, isCurrent } = props.login
  const name = label ?? words.surface[surface]
  return (
    <Cell
      Component="article"
      aria-label={name}
      className="still"
      subtitle={label ? words.surface[surface] : undefined}
      description={words.lastSeen(moment(language, lastSeenAt))}
      after={
        isCurrent ? (
          <Badge type="number" mode="gray" className="badge">
            {words.current}
          </Badge>
        ) : (
          <Button
            size="s"
            mode="plain"
            aria-label={words.endOne(name)}
            loading={props.isEnding}
            onClick={props.onEnd}
          >
            {words.end}
          </Button>
        )
      }
    >
      {name}
    </Cell>
  )
}
