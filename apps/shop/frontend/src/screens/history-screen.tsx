import { moment, signed } from '@gramkit/mini-app/texts'
import { Loaded } from '@gramkit/mini-app/ui'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import {
  Button,
  Cell,
  Placeholder,
  Section,
  SegmentedControl,
  Text,
} from '@telegram-apps/telegram-ui'
import { useState } from 'react'
import { balanceQuery, historyQuery } from '../api/queries.ts'
import { useShop } from '../shop-context.tsx'

const UNIT = 'credits'

/** How the balance came to be what it is. */
export function HistoryScreen() {
  const { api } = useShop()
  const balance = useQuery(balanceQuery(api))
  const [chosen, setChosen] = useState<string>()
  return (
    <Loaded query={balance} rows={5}>
      {(balances) => {
        const unit = chosen ?? balances[0]?.unit ?? UNIT
        return (
          <>
            {balances.length > 1 ? (
              <SegmentedControl>
                {balances.map((one) => (
                  <SegmentedControl.Item
                    key={one.unit}
                    selected={one.unit === unit}
                    onClick={() => setChosen(one.unit)}
                  >
                    {one.unit}
                  </SegmentedControl.Item>
                ))}
              </SegmentedControl>
            ) : null}
            <UnitHistory key={unit} unit={unit} />
          </>
        )
      }}
    </Loaded>
  )
}

function UnitHistory({ unit }: { unit: string }) {
  const { api, language, texts } = useShop()
  const history = useInfiniteQuery(historyQuery(api, unit))
  return (
    <Loaded query={history} rows={5}>
      {(entries) =>
        entries.length === 0 ? (
          <Placeholder header={texts.history.empty} description={texts.history.emptyNote} />
        ) : (
          <>
            <Section header={texts.history.title}>
              {entries.map(({ id, amount, reason, createdAt }) => (
                <Cell
                  key={id}
                  Component="article"
                  className="still"
                  description={moment(language, createdAt)}
                  after={
                    <Text weight="2" className={amount.startsWith('-') ? '' : 'state-done'}>
                      {signed(language, amount)}
                    </Text>
                  }
                >
                  {texts.history.reason(reason)}
                </Cell>
              ))}
            </Section>
            {history.hasNextPage ? (
              <Button
                mode="plain"
                size="m"
                stretched
                loading={history.isFetchingNextPage}
                onClick={() => void history.fetchNextPage()}
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
