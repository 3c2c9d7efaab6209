import { useQuery } from '@tanstack/react-query'
import { Section } from '@telegram-apps/telegram-ui'
import { productsQuery, subscriptionsQuery } from '../api/queries.ts'
import type { Product, User } from '../api/wire.ts'
import type { Purchase } from '../purchase/use-purchase.ts'
import { useShop } from '../shop-context.ts'
import { Loaded } from '../ui/loaded.tsx'
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

/** A plan shows the running subscription to it in place of a price. */
function PlanCell({ product, purchase }: { product: Product; purchase: Purchase }) {
  const { api } = useShop()
  const { data: subscriptions = [] } = useQuery(subscriptionsQuery(api))
  const running = subscriptions.find(
    ({ productId, status }) => productId === product.id && status !== 'expired',
  )
  if (running) return <SubscriptionCell subscription={running} />
  return <ProductCell product={product} purchase={purchase} />
}

function shelfOf({ kind }: Product): Shelf {
  return kind === 'credits' || kind === 'subscription' ? kind : 'goods'
}
