import type { InvoiceEnd } from '@gramkit/mini-app/host'
import { answerOf, toRequestFailed } from '@gramkit/mini-app/requests'
import { scopedStore } from '@gramkit/mini-app/store'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import type { Payment } from '../api/wire.ts'
import { useShop } from '../shop-context.tsx'
import { PurchaseIntents } from './intents.ts'
import { type Offer, STARS } from './offers.ts'
import { payUrlOf } from './progress.ts'

/** The purchase somebody is making: starting it, paying, and the payment to watch. */
export interface Purchase {
  start(offer: Offer): void
  /** What cannot be bought before it is known where the receipt goes. */
  readonly contactWanted: ContactWanted | undefined
  /** Buys it, with the receipt to this address. */
  startWithEmail(offer: Offer, email: string): void
  readonly starting: Offer | undefined
  readonly failure: unknown
  /** Tries what failed again with the same key; absent where the answer would be the same. */
  readonly retry: (() => void) | undefined
  clearFailure(): void
  /** Opens the place to pay again, as long as the payment waits for money. */
  pay(payment: Payment): Promise<void>
  /** The payment to show the state of, also after a reload or a redirect. */
  readonly watchedId: string | undefined
  /** How the buyer left the invoice; a hint for the words, not a result. */
  readonly invoiceEnd: InvoiceEnd | undefined
  /** Takes the payment off the screen. */
  dismiss(): void
  /** Leaves it on the screen, but not for the next visit. */
  forget(): void
}

/** A purchase that waits for the buyer's address. */
export interface ContactWanted {
  readonly offer: Offer
  /** The address that was given is none. */
  readonly isWrong: boolean
}

/** Makes purchases for one person. */
export function usePurchase(userId: string): Purchase {
  const { api, host, tabStore, deviceStore } = useShop()
  const queries = useQueryClient()
  const intents = useMemo(
    () => new PurchaseIntents(scopedStore(tabStore, `${userId}.`)),
    [tabStore, userId],
  )
  const kept = useMemo(() => scopedStore(deviceStore, `${userId}.`), [deviceStore, userId])
  const [watchedId, setWatchedId] = useState(() => returnedPayment() ?? kept.get('payment'))
  const [invoiceEnd, setInvoiceEnd] = useState<InvoiceEnd>()

  const watch = (id: string) => {
    kept.set('payment', id)
    setWatchedId(id)
    setInvoiceEnd(undefined)
  }

  const forget = useCallback(() => kept.remove('payment'), [kept])
  const dismiss = () => {
    forget()
    setWatchedId(undefined)
  }

  const pay = async (payment: Payment) => {
    const url = payUrlOf(payment)
    if (!url) return
    watch(payment.id)
    if (payment.gateway !== STARS.gateway) return host.openPage(url)
    setInvoiceEnd(await host.openInvoice(url).catch(() => 'failed' as const))
    await queries.invalidateQueries()
  }

  const mutation = useMutation({
    mutationFn: async (offer: Offer): Promise<Payment> => {
      try {
        const payment = await startPayment(offer)
        intents.settle(offer)
        return payment
      } catch (error) {
        if (!toRequestFailed(error).isTransient) intents.settle(offer)
        throw error
      }
    },
    onMutate: dismiss,
    onSuccess: (payment) => {
      watch(payment.id)
      queries.setQueryData(['payments', 'one', payment.id], payment)
      void queries.invalidateQueries({ queryKey: ['payments', 'list'] })
      // Not awaited: the button is free again while the invoice is open.
      void pay(payment)
    },
  })

  async function startPayment(offer: Offer): Promise<Payment> {
    const { productId, gateway, currency, autopaymentConsent, contact } = offer
    const call = api.POST('/api/v1/payments', {
      headers: { 'idempotency-key': intents.keyOf(offer) },
      body: {
        productId,
        gateway,
        currency,
        returnUrl: host.returnUrl,
        ...(autopaymentConsent ? { autopaymentConsent } : {}),
        ...(contact ? { contact } : {}),
      },
    })
    const { payment } = await answerOf(call)
    const isReplay = (await call).response.headers.get('idempotency-replayed') === 'true'
    if (!isReplay) return payment
    // A repeated answer tells the payment as it was made; by now it may be paid.
    return answerOf(api.GET('/api/v1/payments/{id}', { params: { path: { id: payment.id } } }))
  }

  const failed = mutation.error ? mutation.variables : undefined
  const contactWanted = failed && contactWantedBy(failed, toRequestFailed(mutation.error).code)
  return {
    start: (offer) => mutation.mutate(offer),
    contactWanted,
    startWithEmail: (offer, email) => {
      // Another address makes another request, which the old key would refuse.
      intents.settle(offer)
      mutation.mutate({ ...offer, contact: { email } })
    },
    starting: mutation.isPending ? mutation.variables : undefined,
    failure: contactWanted ? undefined : mutation.error,
    retry:
      failed && toRequestFailed(mutation.error).isTransient
        ? () => mutation.mutate(failed)
        : undefined,
    clearFailure: mutation.reset,
    pay,
    watchedId,
    invoiceEnd,
    dismiss,
    forget,
  }
}

function contactWantedBy(offer: Offer, code: string): ContactWanted | undefined {
  const isWrong = code === 'receipts.contact_invalid'
  return isWrong || code === 'receipts.contact_required' ? { offer, isWrong } : undefined
}

/** The payment a provider's page sent the buyer back with, taken out of the address. */
function returnedPayment(): string | undefined {
  const url = new URL(window.location.href)
  const id = url.searchParams.get('payment')
  if (!id) return undefined
  url.searchParams.delete('payment')
  window.history.replaceState(window.history.state, '', url)
  return id
}
