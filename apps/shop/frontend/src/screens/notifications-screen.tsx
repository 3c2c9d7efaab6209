import { answerOf } from '@gramkit/mini-app/requests'
import { Failure, Loaded } from '@gramkit/mini-app/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Cell, Section, Switch } from '@telegram-apps/telegram-ui'
import { useState } from 'react'
import { preferencesQuery } from '../api/queries.ts'
import type { Preferences, PreferencesChange } from '../api/wire.ts'
import { useShop } from '../shop-context.tsx'

/** What the quiet hours are before anybody says otherwise. */
const USUAL = { from: '22:00', until: '08:00' }

/** What the person wants to hear of, and when they want to be left alone. */
export function NotificationsScreen() {
  const { api } = useShop()
  const preferences = useQuery(preferencesQuery(api))
  return (
    <Loaded query={preferences} rows={3}>
      {(found) => <Choices preferences={found} />}
    </Loaded>
  )
}

function Choices({ preferences }: { preferences: Preferences }) {
  const { api, texts } = useShop()
  const queries = useQueryClient()
  const words = texts.notifications
  const change = useMutation({
    mutationFn: (body: PreferencesChange) =>
      answerOf(api.PATCH('/api/v1/notifications/preferences', { body })),
    onSuccess: (changed) => queries.setQueryData(['preferences'], changed),
    onError: () => queries.invalidateQueries({ queryKey: ['preferences'] }),
  })
  const asked = change.isPending ? change.variables : {}
  const quietHours = asked.quietHours === undefined ? preferences.quietHours : asked.quietHours
  return (
    <>
      {change.error ? <Failure error={change.error} onHide={change.reset} /> : null}
      <Section header={words.topics} footer={words.topicsNote}>
        {preferences.topics.map(({ id, title, isEnabled }) => (
          <Cell
            key={id}
            Component="label"
            className="still"
            after={
              <Switch
                checked={asked.topics?.[id] ?? isEnabled}
                onChange={({ target }) => change.mutate({ topics: { [id]: target.checked } })}
              />
            }
          >
            {title}
          </Cell>
        ))}
      </Section>
      <Section header={words.quiet} footer={words.quietNote}>
        <Cell
          Component="label"
          className="still"
          after={
            <Switch
              checked={quietHours !== null}
              onChange={({ target }) =>
                change.mutate({ quietHours: target.checked ? USUAL : null })
              }
            />
          }
        >
          {words.quietOn}
        </Cell>
        {quietHours
          ? (['from', 'until'] as const).map((end) => (
              <TimeCell
                key={`${end} ${quietHours[end]}`}
                label={words[end]}
                time={quietHours[end]}
                onChange={(time) => change.mutate({ quietHours: { ...quietHours, [end]: time } })}
              />
            ))
          : null}
      </Section>
    </>
  )
}

/** Sends a time once it is whole and left, not with every key. */
function TimeCell(props: { label: string; time: string; onChange: (time: string) => void }) {
  const [typed, setTyped] = useState(props.time)
  return (
    <Cell
      Component="label"
      className="still"
      after={
        <input
          type="time"
          className="select"
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
          onBlur={() => {
            if (typed === '') setTyped(props.time)
            else if (typed !== props.time) props.onChange(typed)
          }}
        />
      }
    >
      {props.label}
    </Cell>
  )
}
