import { moment } from '@gramkit/mini-app/texts'
import { Loaded } from '@gramkit/mini-app/ui'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import {
  Badge,
  Button,
  Caption,
  Cell,
  Placeholder,
  Section,
  Text,
} from '@telegram-apps/telegram-ui'
import { ordersQuery, paymentsQuery, subscriptionsQuery } from '../api/queries.ts'
import type { Order, Payment } from '../api/wire.ts'
import { payUrlOf } from '../purchase/progress.ts'
import type { Purchase } from '../purchase/use-purchase.ts'
import { useShop } from '../shop-context.tsx'
import { money } from '../texts/format.ts'
import { SubscriptionCell } from './subscription-cell.tsx'

/** What was bought, and what became of it. */
export function PurchasesScreen({ purchase }: { purchase: Purchase }) {
  const { api, texts } = useShop()
  const subscriptions = useQuery(subscriptionsQuery(api))
  const orders = useQuery(ordersQuery(api))
  const payments = useInfiniteQuery(paymentsQuery(api))
  return (
    <Loaded query={payments} rows={5}>
      {(paymentItems) =>
        paymentItems.length === 0 ? (
          <Placeholder header={texts.purchases.empty} description={texts.purchases.emptyNote} />
        ) : (
          <>
            <Loaded query={subscriptions} rows={1}>
              {(found) =>
                found.length === 0 ? null : (
                  <Section header={texts.purchases.subscriptions}>
                    {found.map((one) => (
                      <SubscriptionCell key={one.id} subscription={one} />
                    ))}
                  </Section>
                )
              }
            </Loaded>
            <Loaded query={orders} rows={1}>
              {(found) =>
                found.length === 0 ? null : (
                  <Section header={texts.purchases.orders}>
                    {found.map((one) => (
                      <OrderCell key={one.id} order={one} />
                    ))}
                  </Section>
                )
              }
            </Loaded>
            <Section header={texts.purchases.payments}>
              {paymentItems.map((payment) => (
                <PaymentCell key={payment.id} payment={payment} purchase={purchase} />
              ))}
            </Section>
            {payments.hasNextPage ? (
              <Button
                mode="plain"
                size="m"
                stretched
                loading={payments.isFetchingNextPage}
                onClick={() => void payments.fetchNextPage()}
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

function PaymentCell({ payment, purchase }: { payment: Payment; purchase: Purchase }) {
  const { language, texts } = useShop()
  const { title, amount, currency, refundedAmount, status, createdAt } = payment
  const state = texts.paymentStatus[status]
  const note =
    status === 'partially_refunded'
      ? texts.purchases.refunded(money(language, refundedAmount, currency))
      : moment(language, createdAt)
  return (
    <Cell
      Component="article"
      aria-label={title}
      multiline
      className="still"
      description={note}
      after={
        <div className="offers">
          <Text weight="2">{money(language, amount, currency)}</Text>
          {payUrlOf(payment) ? (
            <Button
              size="s"
              mode="plain"
              aria-label={texts.notice.payFor(title)}
              onClick={() => void purchase.pay(payment)}
            >
              {state}
            </Button>
          ) : (
            <Caption className={status === 'succeeded' ? 'state-done' : 'hint'}>{state}</Caption>
          )}
        </div>
      }
    >
      {title}
    </Cell>
  )
}

function OrderCell({ order }: { order: Order }) {
  const { language, texts } = useShop()
  return (
    <Cell
      Component="article"
      aria-label={order.title}
      className="still"
      description={moment(language, order.createdAt)}
      after={
        <Badge type="number" className="badge" mode={order.status === 'paid' ? 'primary' : 'gray'}>
          {texts.orderStatus[order.status]}
        </Badge>
      }
    >
      {order.title}
    </Cell>
  )
}
