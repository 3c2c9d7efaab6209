// @ts-check
import { ApiError, get, post } from './api.js'
import { fill, h } from './dom.js'
import { stars } from './format.js'
import { attempt, toast } from './notices.js'
import { session } from './session.js'
import { openSheet } from './sheets.js'

/** @typedef {'paid' | 'failed' | 'cancelled' | 'pending'} InvoiceStatus */

const REASONS = {
  BALANCE_TOO_LOW: 'There are too few Stars in the wallet.',
  BOT_PRECHECKOUT_TIMEOUT: 'The bot did not answer in time.',
}

/**
 * Shows Telegram's sheet for an invoice; resolves with how it ended when it is gone.
 * @param {string} link
 * @returns {Promise<InvoiceStatus>}
 */
export async function payInvoice(link) {
  const { customer } = session
  if (!customer) return 'failed'
  /** @type {import('./api.js').Invoice} */
  let invoice
  try {
    invoice = await get(`invoices?link=${encodeURIComponent(link)}`)
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), 'bad')
    return 'failed'
  }
  return new Promise((resolve) => {
    /** @type {InvoiceStatus} */
    let status = 'cancelled'
    let isPaying = false
    const error = h('p', { role: 'alert', class: 'error' })
    const confirm = h(
      'button',
      { type: 'button', class: 'main', onclick: pay },
      confirmText(invoice),
    )
    const cancel = h(
      'button',
      { type: 'button', class: 'text', onclick: () => dialog.close() },
      'Cancel',
    )
    const balance = h('span', {}, stars(customer.stars))
    const dialog = openSheet(
      { label: 'Payment', class: 'sheet payment' },
      h('p', { class: 'balance' }, 'Balance ', balance),
      h('div', { class: 'medal', 'aria-hidden': 'true' }, '★'),
      ...terms(invoice),
      error,
      confirm,
      cancel,
    )
    dialog.addEventListener('cancel', (event) => {
      if (isPaying) event.preventDefault()
    })
    dialog.addEventListener('close', () => resolve(status))

    async function pay() {
      setPaying(true)
      try {
        const result = await post(`users/${customer?.id}/pay`, { link })
        status = result.status
        if (status === 'paid') {
          toast(`You paid ${stars(invoice.amount)} for ${invoice.title}.`)
          return dialog.close()
        }
        showError(result.error ?? 'The payment did not go through.')
      } catch (thrown) {
        // Without an answer nobody here knows whether the Stars are gone.
        status = thrown instanceof ApiError && thrown.status !== null ? 'failed' : 'pending'
        showError(thrown instanceof Error ? thrown.message : String(thrown))
      } finally {
        setPaying(false)
      }
    }

    /** @param {boolean} isOn */
    function setPaying(isOn) {
      isPaying = isOn
      confirm.disabled = isOn
      cancel.disabled = isOn
      confirm.classList.toggle('busy', isOn)
      if (isOn) fill(error)
    }

    /** @param {string} reason */
    function showError(reason) {
      fill(error, REASONS[/** @type {keyof typeof REASONS} */ (reason)] ?? reason)
      if (reason === 'BALANCE_TOO_LOW') error.append(topUp())
    }

    function topUp() {
      const add = async () => {
        const wallet = await post(`users/${customer?.id}/stars`, { amount: invoice.amount })
        fill(balance, stars(wallet.stars))
        fill(error)
      }
      return h(
        'button',
        { type: 'button', class: 'link', onclick: () => attempt(add) },
        `Add ${stars(invoice.amount)} to the wallet`,
      )
    }
  })
}

/** @param {import('./api.js').Invoice} invoice */
function terms({ title, description, amount, isSubscription, botId }) {
  const seller = session.bots.find(({ id }) => id === botId)?.name ?? 'the bot'
  const price = h('strong', {}, stars(amount))
  const question = isSubscription
    ? h('p', {}, `Subscribe to `, h('strong', {}, title), ` of ${seller} for `, price, ' a month?')
    : h('p', {}, `Buy `, h('strong', {}, title), ` from ${seller} for `, price, '?')
  return [
    h('h2', {}, isSubscription ? 'Subscribe' : 'Confirm your purchase'),
    question,
    h('p', { class: 'hint' }, description),
    isSubscription ? h('p', { class: 'hint' }, 'Renews every 30 days until you cancel it.') : null,
  ]
}

/** @param {import('./api.js').Invoice} invoice */
function confirmText({ amount, isSubscription }) {
  return `Confirm and pay ${stars(amount)}${isSubscription ? ' / month' : ''}`
}
