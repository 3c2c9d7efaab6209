// @ts-check
import { h, icon, icons } from './dom.js'
import { openSheet } from './sheets.js'

const PAYMENT_PAGES = ['./yookassa/confirm/', './stripe/checkout/'].map(
  (path) => new URL(path, import.meta.url).href,
)

/**
 * Shows a page as Telegram's in-app browser does. Once a payment page of the sandbox leads back to
 * the shop, the browser closes by itself.
 * @param {string} address
 */
export function openBrowser(address) {
  const url = URL.parse(address)
  if (!url || !/^https?:$/.test(url.protocol)) return
  const frame = h('iframe', { title: 'Browser', src: url.href })
  let hasAskedForMoney = false
  frame.addEventListener('load', () => {
    if (isPaymentPage(frame)) hasAskedForMoney = true
    else if (hasAskedForMoney) dialog.close()
  })
  const dialog = openSheet(
    { label: 'Browser', class: 'sheet browser' },
    h(
      'header',
      {},
      h(
        'button',
        {
          type: 'button',
          class: 'icon-button',
          'aria-label': 'Close browser',
          onclick: () => dialog.close(),
        },
        icon(icons.close),
      ),
      h('span', { class: 'address' }, url.host),
      h('a', { href: url.href, target: '_blank', rel: 'noopener' }, 'New tab'),
    ),
    frame,
  )
}

/** @param {HTMLIFrameElement} frame */
function isPaymentPage(frame) {
  try {
    const { href = '' } = frame.contentWindow?.location ?? {}
    return PAYMENT_PAGES.some((page) => href.startsWith(page))
  } catch {
    // A page of another origin, so not one of the sandbox.
    return false
  }
}
