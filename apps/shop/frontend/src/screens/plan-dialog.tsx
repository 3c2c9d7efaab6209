import { answerOf } from '@gramkit/mini-app/requests'
import { day } from '@gramkit/mini-app/texts'
import { Failure } from '@gramkit/mini-app/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Text, Title } from '@telegram-apps/telegram-ui'
import { useEffect, useId, useRef } from 'react'
import { previewQuery, productsQuery } from '../api/queries.ts'
import type { Product, Proration, Subscription } from '../api/wire.ts'
import { STARS } from '../purchase/offers.ts'
import { useShop } from '../shop-context.tsx'
import { money } from '../texts/format.ts'

/** The other plans of a group, each with what changing to it would cost and bring. */
export function PlanDialog(props: { subscription: Subscription; onClose: () => void }) {
  const { subscription, onClose } = props
  const { api, texts } = useShop()
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => dialog.current?.showModal(), [])
  const { data: products = [] } = useQuery(productsQuery(api))
  const others = products.filter(
    ({ id, plan }) => plan?.group === subscription.planGroup && id !== subscription.productId,
  )
  const prorations: readonly Proration[] =
    subscription.gateway === STARS.gateway ? ['next_period'] : ['time', 'next_period']
  const words = texts.subscription.change
  return (
    <dialog ref={dialog} className="confirm" aria-labelledby={titleId} onClose={onClose}>
      <Title id={titleId} level="3" weight="2">
        {words.title}
      </Title>
      {others.length === 0 ? <Text>{words.none}</Text> : null}
      {others.map((product) =>
        prorations.map((proration) => (
          <Choice
            key={`${product.id} ${proration}`}
            {...{ subscription, product, proration, onClose }}
          />
        )),
      )}
      <Button size="l" stretched mode="gray" onClick={onClose}>
        {texts.subscription.keep}
      </Button>
    </dialog>
  )
}

function Choice(props: {
  subscription: Subscription
  product: Product
  proration: Proration
  onClose: () => void
}) {
  const { subscription, product, proration, onClose } = props
  const { api, language, texts } = useShop()
  const queries = useQueryClient()
  const body = { productId: product.id, proration }
  const preview = useQuery(previewQuery(api, subscription.id, body))
  const key = useRef(crypto.randomUUID())
  const change = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/api/v1/subscriptions/{id}/change', {
          params: { path: { id: subscription.id } },
          headers: { 'idempotency-key': key.current },
          body,
        }),
      ),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: ['subscriptions'] }),
  })
  if (preview.error || !preview.data) return null
  const { startsAt, until, charge } = preview.data
  const words = texts.subscription.change
  const price = charge ? money(language, charge.amount, charge.currency) : ''
  const note =
    proration === 'time'
      ? words.now(day(language, until), price)
      : charge?.by === 'buyer'
        ? words.bought(day(language, startsAt), price)
        : words.later(day(language, startsAt), price)
  return (
    <section className="choice">
      <Text>{note}</Text>
      <Button size="m" stretched loading={change.isPending} onClick={() => change.mutate()}>
        {proration === 'time' ? words.yesNow(product.title) : words.yesLater(product.title)}
      </Button>
      {change.error ? <Failure error={change.error} onHide={change.reset} /> : null}
    </section>
  )
}
