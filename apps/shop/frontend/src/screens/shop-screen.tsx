import { answerOf } from '@gramkit/mini-app/requests'
import { Failure, Loaded } from '@gramkit/mini-app/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Cell, Section } from '@telegram-apps/telegram-ui'
import { productsQuery, subscriptionsQuery } from '../api/queries.ts'
import type { Product, Subscription, User } from '../api/wire.ts'
import { STARS } from '../purchase/offers.ts'
import type { Purchase } from '../purchase/use-purchase.ts'
import { useShop } from '../shop-context.tsx'
import { BalanceHeader } from './balance-header.tsx'
import { ProductCell } from './product-cell.tsx'
import { SubscriptionCell } from './subscription-cell.tsx'

type Shelf = 'credits' | 'subscription' | 'goods'

const SHELVES: readonly Shelf[] = ['credits', 'subscription', 'goods']

/** What there is to buy. */
export function ShopScreen({ user, purchase }: { user: User; purchase: Purchase }) {
  const { api, texts } = useShop()
  const products = useQuery(productsQuery(api))
  return (
    <>
      <BalanceHeader user={user} />
      <Loaded query={products} rows={4}>
        {(items) =>
          SHELVES.map((shelf) => ({
            shelf,
            onShelf: items.filter((product) => shelfOf(product) === shelf),
          }))
            .filter(({ onShelf }) => onShelf.length > 0)
            .map(({ shelf, onShelf }) => (
              <Section
                key={shelf}
                header={texts.sections[shelf]}
                footer={shelf === 'subscription' ? texts.sectionNotes.subscription : undefined}
              >
                {onShelf.map((product) =>
                  shelf === 'subscription' ? (
                    <PlanCell key={product.id} product={product} purchase={purchase} />
                  ) : (
                    <ProductCell key={product.id} product={product} purchase={purchase} />
                  ),
                )}
              </Section>
            ))
        }
      </Loaded>
    </>
  )
}

/** A plan shows the running subscription to it; what may still be bought keeps its price. */
function PlanCell({ product, purchase }: { product: Product; purchase: Purchase }) {
  const { api, texts } = useShop()
  const { data: subscriptions = [] } = useQuery(subscriptionsQuery(api))
  const ofGroup = subscriptions.filter(({ planGroup }) => planGroup === product.plan?.group)
  const running = ofGroup.find(({ status }) => status !== 'expired')
  const isThis = running?.productId === product.id
  return (
    <>
      {running && isThis ? <SubscriptionCell subscription={running} /> : null}
      {isForSale(product, running) ? (
        <ProductCell product={product} purchase={purchase} />
      ) : isThis ? null : (
        <Cell
          Component="article"
          className="still"
          multiline
          description={texts.subscription.otherRuns}
        >
          {product.title}
        </Cell>
      )}
      {product.plan?.trial && ofGroup.length === 0 ? (
        <TrialButton product={product} days={product.plan.trial.days} />
      ) : null}
    </>
  )
}

/** Tells whether the server would take money for a plan: when nobody renews the one that runs. */
function isForSale(product: Product, running: Subscription | undefined): boolean {
  if (!running || running.status === 'trialing') return true
  const { status, gateway, nextCharge } = running
  if (status === 'past_due') return gateway !== STARS.gateway
  return running.productId === product.id && status === 'active' && nextCharge === null
}

function TrialButton({ product, days }: { product: Product; days: number }) {
  const { api, texts } = useShop()
  const queries = useQueryClient()
  const trial = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/api/v1/subscriptions/trials', { body: { productId: product.id } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['subscriptions'] }),
  })
  return (
    <div className="cell-actions">
      <Button size="s" mode="bezeled" loading={trial.isPending} onClick={() => trial.mutate()}>
        {texts.subscription.try(days)}
      </Button>
      {trial.error ? <Failure error={trial.error} onHide={trial.reset} /> : null}
    </div>
  )
}

function shelfOf({ kind }: Product): Shelf {
  return kind === 'credits' || kind === 'subscription' ? kind : 'goods'
}
