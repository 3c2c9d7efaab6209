// @ts-check
import { h } from './dom.js'
import { play, session } from './session.js'
import { openSheet } from './sheets.js'

/**
 * What a link of Telegram does, wherever it is pressed.
 * @typedef {{
 *   say(text: string): void,
 *   openMiniApp(launch: import('./mini-app.js').Launch): void,
 * }} LinkActions
 */

/**
 * Follows a link as Telegram does; false for one that a browser opens.
 * @param {string} address such as `https://t.me/shop_bot?start=promo`
 * @param {LinkActions} actions
 */
export function followTelegramLink(address, actions) {
  const url = URL.parse(address)
  if (url?.host !== 't.me') return false
  const { pathname, searchParams } = url
  if (pathname === '/share/url') {
    askWhom(searchParams.get('url') ?? '', searchParams.get('text') ?? '', actions)
    return true
  }
  const name = pathname.split('/')[1]?.toLowerCase()
  const bot = session.bots.find(({ username }) => username.toLowerCase() === name)
  if (!bot) return false
  if (bot.id !== session.bot?.id) play('bot', bot.id)
  const startApp = searchParams.get('startapp')
  const start = searchParams.get('start')
  if (startApp !== null) actions.openMiniApp({ startParam: startApp })
  else if (start !== null) actions.say(`/start ${start}`.trim())
  return true
}

/**
 * Lets the customer choose to whom a link goes. People have no chats with each other here: whoever
 * is chosen plays from then on, and has the link before them.
 * @param {string} link
 * @param {string} text
 * @param {LinkActions} actions
 */
function askWhom(link, text, actions) {
  const sender = session.customer
  const others = session.customers.filter(({ id }) => id !== sender?.id)
  const dialog = openSheet(
    { label: 'Send to', class: 'popup' },
    h('h2', {}, 'Send to'),
    others.length === 0 ? h('p', {}, 'There is no other customer yet: add one first.') : null,
    h(
      'div',
      { class: 'actions' },
      ...others.map(({ id, first_name }) =>
        h(
          'button',
          {
            type: 'button',
            class: 'text',
            onclick: () => {
              dialog.close()
              play('user', id)
              showReceived(sender?.first_name ?? 'somebody', link, text, actions)
            },
          },
          first_name,
        ),
      ),
      h('button', { type: 'button', class: 'text', onclick: () => dialog.close() }, 'Cancel'),
    ),
  )
}

/**
 * @param {string} from
 * @param {string} link
 * @param {string} text
 * @param {LinkActions} actions
 */
function showReceived(from, link, text, actions) {
  const dialog = openSheet(
    { label: `Message from ${from}`, class: 'popup received' },
    h('h2', {}, `Message from ${from}`),
    h('p', {}, text),
    h(
      'a',
      {
        href: link,
        target: '_blank',
        rel: 'noopener',
        class: 'link',
        onclick: (/** @type {Event} */ event) => {
          dialog.close()
          if (followTelegramLink(link, actions)) event.preventDefault()
        },
      },
      link,
    ),
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'button', class: 'text', onclick: () => dialog.close() }, 'Close'),
    ),
  )
}
