import { Button, Caption, Cell } from '@telegram-apps/telegram-ui'
import type { Product } from '../api/wire.ts'
import { type Offer, offersOf } from '../purchase/offers.ts'
import type { Purchase } from '../purchase/use-purchase.ts'
import { useShop } from '../shop-context.ts'
import { money } from '../texts/format.ts'

/** A product with a button for each way to buy it here. */
export function ProductCell({ product, purchase }: { product: Product; purchase: Purchase }) {
  const { host, texts } = useShop()
  const offers = offersOf(product)
  return (
    <Cell
      Component="article"
      aria-label={product.title}
      multiline
      className="still"
      description={product.description}
      after={
        <div className="offers">
          {offers.map((offer) => (
            <OfferButton
              key={`${offer.gateway} ${offer.currency}`}
              offer={offer}
              purchase={purchase}
            />
          ))}
          {offers.length === 0 ? (
            <Caption className="hint">
              {host.kind === 'web' ? texts.onlyInTelegram : texts.notSoldHere}
            </Caption>
          ) : null}
        </div>
      }
    >
      {product.title}
    </Cell>
  )
}

function OfferButton({ offer, purchase }: { offer: Offer; purchase: Purchase }) {
  const { language, texts } = useShop()
  const { product } = offer
  const price = money(language, offer.amount, offer.currency)
  const isStarting =
    purchase.starting?.productId === offer.productId &&
    purchase.starting.gateway === offer.gateway &&
    purchase.starting.currency === offer.currency
  return (
    <>
      <Button
        size="s"
        loading={isStarting}
        disabled={purchase.starting !== undefined}
        aria-label={
          product.plan ? texts.subscribe(product.title, price) : texts.buy(product.title, price)
        }
        onClick={() => purchase.start(offer)}
      >
        {price}
      </Button>
      {product.plan ? (
        <Caption className="hint">{texts.perPeriod(product.plan.period)}</Caption>
      ) : null}
    </>
  )
}
