import { Failure } from '@gramkit/mini-app/ui'
import { useQuery } from '@tanstack/react-query'
import { Caption, LargeTitle } from '@telegram-apps/telegram-ui'
import { balanceQuery } from '../api/queries.ts'
import type { User } from '../api/wire.ts'
import { useShop } from '../shop-context.tsx'

/** What the person has, on top of the shop. */
export function BalanceHeader({ user }: { user: User }) {
  const { api, texts } = useShop()
  const { data, error, refetch } = useQuery(balanceQuery(api))
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />
  const balances = data?.length === 0 ? [{ unit: 'credits', amount: '0' }] : data
  return (
    <section className="balance" aria-label={texts.balance} aria-busy={!balances}>
      <Caption className="hint">
        {user.firstName ? texts.greeting(user.firstName) : texts.balance}
      </Caption>
      {balances?.map(({ unit, amount }) => (
        <LargeTitle key={unit} weight="1">
          {texts.units(amount, unit)}
        </LargeTitle>
      )) ?? <span className="bone bone-title" />}
    </section>
  )
}
