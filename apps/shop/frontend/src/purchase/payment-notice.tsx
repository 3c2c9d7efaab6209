import type { InvoiceEnd } from '@gramkit/mini-app/host'
import { Failure } from '@gramkit/mini-app/ui'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Banner, Button, Spinner } from '@telegram-apps/telegram-ui'
import { useEffect } from 'react'
import { paymentQuery } from '../api/queries.ts'
import type { Payment } from '../api/wire.ts'
import { useShop } from '../shop-context.tsx'
import type { Texts } from '../texts/text-keys.ts'
import { type Progress, payUrlOf, progressOf } from './progress.ts'
import type { Purchase } from './use-purchase.ts'

/** What became of the payment being made; says "paid" only after the server does. */
export function PaymentNotice({ id, purchase }: { id: string; purchase: Purchase }) {
  const { api, texts } = useShop()
  const queries = useQueryClient()
  const { data: payment, error, refetch } = useQuery(paymentQuery(api, id))
  const progress = payment && progressOf(payment)
  const { forget } = purchase
  useEffect(() => {
    if (progress && progress !== 'waiting') forget()
  }, [progress, forget])
  useEffect(() => {
    // What the payment brought is elsewhere on the screen, and the live stream may be down.
    if (progress === 'done') void queries.invalidateQueries()
  }, [progress, queries])

  if (error && !payment) {
    return <Failure error={error} onRetry={() => void refetch()} onHide={purchase.dismiss} />
  }
  if (!payment) return null
  const { header, note } = wordsFor(payment, purchase.invoiceEnd, texts)
  const isOpen = payUrlOf(payment) !== undefined && purchase.invoiceEnd !== 'paid'
  return (
    <Banner
      role="status"
      type="section"
      before={markOf(progress, purchase.invoiceEnd)}
      header={header}
      subheader={progress === 'done' ? undefined : payment.title}
      description={note}
    >
      {isOpen ? (
        <Button
          size="s"
          aria-label={texts.notice.payFor(payment.title)}
          onClick={() => void purchase.pay(payment)}
        >
          {texts.notice.pay}
        </Button>
      ) : null}
      <Button size="s" mode="plain" onClick={purchase.dismiss}>
        {texts.notice.hide}
      </Button>
    </Banner>
  )
}

function markOf(progress: Progress | undefined, invoiceEnd: InvoiceEnd | undefined) {
  if (progress === 'done') return <span className="mark state-done">✓</span>
  const isAwaited = invoiceEnd === undefined || invoiceEnd === 'paid' || invoiceEnd === 'pending'
  return progress === 'waiting' && isAwaited ? <Spinner size="s" /> : undefined
}

function wordsFor(payment: Payment, invoiceEnd: InvoiceEnd | undefined, texts: Texts) {
  const { notice } = texts
  const { status, title } = payment
  if (status === 'canceled' || status === 'expired' || status === 'failed') {
    return { header: notice.over[status], note: notice.overNote }
  }
  if (status === 'refunded') return { header: notice.refunded, note: title }
  if (progressOf(payment) === 'done') return { header: notice.succeeded(title), note: undefined }
  if (invoiceEnd === 'cancelled') return { header: notice.notPaid, note: notice.notPaidNote }
  if (invoiceEnd === 'failed') {
    return { header: notice.invoiceFailed, note: notice.invoiceFailedNote }
  }
  return { header: notice.waiting, note: notice.waitingNote }
}
