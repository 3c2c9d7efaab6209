import { answerOf } from '@gramkit/mini-app/requests'
import { type Language, languages } from '@gramkit/mini-app/texts'
import { Failure } from '@gramkit/mini-app/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Avatar, Caption, Cell, Section, Text, Title } from '@telegram-apps/telegram-ui'
import type { User } from '../api/wire.ts'
import { useShop } from '../shop-context.tsx'
import { SubPage } from '../ui/page.tsx'
import { DataScreen } from './data-screen.tsx'
import { EmailScreen } from './email-screen.tsx'
import { HistoryScreen } from './history-screen.tsx'
import { LoginsScreen } from './logins-screen.tsx'
import { NotificationsScreen } from './notifications-screen.tsx'

const PAGES = ['notifications', 'email', 'logins', 'history', 'data'] as const

/** A page behind the profile. */
export type ProfilePage = (typeof PAGES)[number]

/** Who the person is here, and the pages where they say how it should be. */
export function ProfileScreen(props: {
  user: User
  page: ProfilePage | undefined
  onPage: (page: ProfilePage | undefined) => void
  onErased: () => void
}) {
  const { texts } = useShop()
  const words = texts.profile
  const { user, page, onPage } = props
  if (page) {
    return (
      <SubPage title={words.pages[page]} onBack={() => onPage(undefined)}>
        {page === 'notifications' ? <NotificationsScreen /> : null}
        {page === 'email' ? <EmailScreen /> : null}
        {page === 'logins' ? <LoginsScreen /> : null}
        {page === 'history' ? <HistoryScreen /> : null}
        {page === 'data' ? <DataScreen onErased={props.onErased} /> : null}
      </SubPage>
    )
  }
  const name = user.firstName ?? words.guest
  return (
    <>
      <section className="balance person" aria-label={words.title}>
        <Avatar size={96} acronym={name.slice(0, 1)} aria-hidden="true" />
        <Title level="2" weight="2">
          {name}
        </Title>
        {user.kind === 'guest' ? <Caption className="hint">{words.onlyHere}</Caption> : null}
        {user.username ? <Caption className="hint">@{user.username}</Caption> : null}
      </section>
      <Streak streak={user.streak} />
      <LanguageChoice user={user} />
      <Section>
        {PAGES.map((one) => (
          <Cell
            key={one}
            Component="button"
            className="row"
            after={<span aria-hidden="true">›</span>}
            onClick={() => onPage(one)}
          >
            {words.pages[one]}
          </Cell>
        ))}
      </Section>
    </>
  )
}

function Streak({ streak }: { streak: User['streak'] }) {
  const { texts } = useShop()
  const words = texts.profile.streak
  return (
    <Section header={words.title} footer={streak.isCountedToday ? words.counted : words.waiting}>
      <dl className="figures">
        {(['current', 'best', 'total'] as const).map((figure) => (
          <div key={figure}>
            <dt>
              <Caption className="hint">{words[figure]}</Caption>
            </dt>
            <dd>
              <Text weight="1">{words.days(streak[figure])}</Text>
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}

function LanguageChoice({ user }: { user: User }) {
  const { api, texts } = useShop()
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: (language: Language | null) =>
      answerOf(api.PATCH('/api/v1/me', { body: { language } })),
    onSuccess: (changed) => queries.setQueryData(['me'], changed),
    // Names of topics come from the server, in the person's language.
    onSettled: () => queries.invalidateQueries({ queryKey: ['preferences'] }),
  })
  const chosen = change.isPending ? change.variables : user.language
  return (
    <Section>
      <Cell
        Component="label"
        className="still"
        after={
          <select
            className="select"
            value={chosen ?? ''}
            disabled={change.isPending}
            onChange={({ target }) =>
              change.mutate(languages.find((one) => one === target.value) ?? null)
            }
          >
            <option value="">{texts.profile.languageByItself}</option>
            <option value="en">English</option>
            <option value="ru">Русский</option>
          </select>
        }
      >
        {texts.profile.language}
      </Cell>
      {change.error ? <Failure error={change.error} onHide={change.reset} /> : null}
    </Section>
  )
}
