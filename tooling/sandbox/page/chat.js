// @ts-check
import { list, onChange, post } from './api.js'
import { callbackAnswer } from './callbacks.js'
import { byId, fill, h, icon, icons } from './dom.js'
import { day } from './format.js'
import { renderMessage } from './message.js'
import { attempt } from './notices.js'
import { payInvoice } from './payment-sheet.js'
import { onSession, session } from './session.js'
import { followTelegramLink } from './telegram-links.js'
import { openNewCustomer } from './wallet.js'

/** @typedef {{ openMiniApp(launch?: import('./mini-app.js').Launch): void }} Actions */

const NEAR_END_PX = 80

/**
 * Shows the chat between the customer and the bot.
 * @param {Actions} actions
 */
export function startChat(actions) {
  const header = h('header')
  const messages = h('div', { class: 'messages', role: 'log', 'aria-label': 'Messages' })
  const suggestions = h('div', { class: 'suggestions' })
  const text = h('input', {
    type: 'text',
    name: 'text',
    'aria-label': 'Message',
    placeholder: 'Message',
    autocomplete: 'off',
    maxlength: 4096,
    oninput: suggest,
  })
  const menu = h(
    'button',
    { type: 'button', class: 'menu-button', onclick: () => actions.openMiniApp(menuApp()) },
    'Open Mini App',
  )
  const send = h(
    'button',
    { type: 'submit', class: 'icon-button send', 'aria-label': 'Send' },
    icon(icons.send),
  )
  const composer = h('form', { class: 'composer', onsubmit: submit }, menu, text, send)
  fill(byId('chat'), header, messages, suggestions, composer)

  onChange(['chat', 'bots'], refresh)
  // The newest message stays in sight when the chat appears or gets narrower.
  new ResizeObserver(() => {
    messages.scrollTop = messages.scrollHeight
  }).observe(messages)
  onSession((isOther) => {
    render()
    if (isOther) void refresh()
  })

  /** Which answer counts: a slow one for the customer before must not win. */
  let asked = 0

  async function refresh() {
    const { customer, bot } = session
    const turn = ++asked
    const path = customer && bot ? `users/${customer.id}/chat?bot=${bot.id}` : undefined
    /** @type {import('./api.js').ChatMessage[]} */
    const items = path ? ((await attempt(() => list(path))) ?? []) : []
    if (turn !== asked) return
    const isAtEnd = messages.scrollHeight - messages.scrollTop - messages.clientHeight < NEAR_END_PX
    const hasMore = items.length > messages.querySelectorAll('article').length
    fill(messages, ...withDays(items), items.length === 0 && emptyChat())
    if (isAtEnd || hasMore) messages.scrollTop = messages.scrollHeight
    suggest()
  }

  function render() {
    const { customer, bot } = session
    fill(
      header,
      h('span', { class: 'avatar', 'aria-hidden': 'true' }, (bot?.name ?? '?').slice(0, 1)),
      h(
        'div',
        {},
        h('h1', {}, bot?.name ?? 'No bot'),
        h(
          'p',
          { class: 'hint' },
          bot ? `bot · @${bot.username}` : 'The sandbox runs without a bot',
        ),
      ),
    )
    composer.hidden = !customer || !bot
    menu.hidden = !bot || !menuApp().url
    suggest()
  }

  function emptyChat() {
    const { customer, bot } = session
    if (!bot) return h('p', { class: 'empty' }, 'Give the sandbox a bot, and its chat is here.')
    if (!customer) {
      return h(
        'div',
        { class: 'empty' },
        h('p', {}, 'Nobody talks to the bot yet.'),
        h('button', { type: 'button', class: 'main', onclick: openNewCustomer }, 'Add a customer'),
      )
    }
    return h(
      'div',
      { class: 'empty' },
      h('p', {}, `Nothing has been said between ${customer.first_name} and ${bot.name} yet.`),
      h('button', { type: 'button', class: 'main', onclick: () => say('/start') }, 'Start'),
    )
  }

  /** @param {readonly import('./api.js').ChatMessage[]} items */
  function withDays(items) {
    let last = ''
    return items.flatMap((message) => {
      const today = day(message.date)
      const isNew = today !== last
      last = today
      const article = renderMessage(message, {
        press,
        say,
        follow,
        bot: session.bot?.name ?? 'the bot',
      })
      return isNew ? [h('p', { class: 'day' }, today), article] : [article]
    })
  }

  /**
   * @param {import('./api.js').ChatMessage} message
   * @param {import('./api.js').InlineKeyboardButton} button
   * @param {Event} event
   */
  async function press(message, button, event) {
    const { customer, bot } = session
    if ('pay' in button && message.invoice_link) return void payInvoice(message.invoice_link)
    if ('web_app' in button) return actions.openMiniApp({ url: button.web_app.url })
    if ('url' in button) {
      if (!follow(button.url)) window.open(button.url, '_blank', 'noopener')
      return
    }
    if (!('callback_data' in button) || !customer) return
    const body = { bot: bot?.username, message_id: message.message_id, data: button.callback_data }
    await attempt(
      async () => callbackAnswer((await post(`users/${customer.id}/callback`, body)).id),
      { busy: event.currentTarget },
    )
  }

  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault()
    const words = text.value.trim()
    if (!words) return
    text.value = ''
    void say(words)
  }

  /** @param {string} words */
  async function say(words) {
    const { customer, bot } = session
    if (!customer) return
    suggest()
    await attempt(() => post(`users/${customer.id}/messages`, { bot: bot?.username, text: words }))
  }

  /** @param {string} url */
  function follow(url) {
    return followTelegramLink(url, { say, openMiniApp: actions.openMiniApp })
  }

  function suggest() {
    const { bot } = session
    const typed = text.value
    const commands = bot?.commands.length ? bot.commands : [{ command: 'start', description: '' }]
    const fitting = commands.filter(({ command }) => `/${command}`.startsWith(typed))
    fill(
      suggestions,
      ...(typed.startsWith('/') ? fitting : []).map(({ command, description }) =>
        h(
          'button',
          {
            type: 'button',
            onclick: () => {
              text.value = ''
              void say(`/${command}`)
            },
          },
          h('strong', {}, `/${command}`),
          h('span', { class: 'hint' }, description),
        ),
      ),
    )
  }

  return { say }
}

/** The Mini App behind the menu button: what the bot set, or the bot's own. */
function menuApp() {
  const { bot } = session
  const menu = bot?.menuButton
  const url = (menu?.type === 'web_app' ? menu.web_app.url : undefined) ?? bot?.miniAppUrl
  return url ? { url } : {}
}
