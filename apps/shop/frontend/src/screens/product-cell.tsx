import { Button, Caption, Cell, Checkbox } from '@telegram-apps/telegram-ui'
import { useId, useState } from 'react'
import type { Product } from '../api/wire.ts'
import { asksConsent, CONSENT_VERSION, type Offer, offersOf } from '../purchase/offers.ts'
import type { Purchase } from '../purchase/use-purchase.ts'
import { useShop } from '../shop-context.tsx'
import { money } from '../texts/format.ts'

/** A product with a button for each way to buy it here. */
export function ProductCell({ product, purchase }: { product: Product; purchase: Purchase }) {
  const { host, texts } = useShop()
  const [isAgreed, setIsAgreed] = useState(false)
  const offers = offersOf(product)
  const saving = offers.find(asksConsent)
  return (
    <>
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
                offer={isAgreed && asksConsent(offer) ? agreed(offer) : offer}
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
      {saving ? <ConsentLine offer={saving} isAgreed={isAgreed} onChange={setIsAgreed} /> : null}
    </>
  )
}

/** What the buyer agrees to when a card is kept for later charges; never agreed beforehand. */
function ConsentLine(props: {
  offer: Offer
  isAgreed: boolean
  onChange: (isAgreed: boolean) => void
}) {
  const { language, texts } = useShop()
  const id = useId()
  const { product, amount, currency } = props.offer
  const price = money(language, amount, currency)
  return (
    <label className="consent" htmlFor={id}>
      <Checkbox
        id={id}
        checked={props.isAgreed}
        onChange={({ target }) => props.onChange(target.checked)}
      />
      <Caption>
        {texts.consent(price, product.plan ? texts.perPeriod(product.plan.period) : '')}
      </Caption>
    </label>
  )
}

function agreed(offer: Offer): Offer {
  return { ...offer, autopaymentConsent: { textVersion: CONSENT_VERSION } }
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
