// @ts-check
import { h } from './dom.js'
import { stars, time } from './format.js'

/**
 * @typedef {import('./api.js').ChatMessage} ChatMessage
 * @typedef {import('./api.js').InlineKeyboardButton} InlineKeyboardButton
 * @typedef {{
 *   bot: string,
 *   press(message: ChatMessage, button: InlineKeyboardButton, event: Event): void,
 *   say(text: string): void,
 *   follow(url: string): boolean,
 * }} MessageActions
 */

/**
 * Draws one message of the chat.
 * @param {ChatMessage} message
 * @param {MessageActions} actions
 */
export function renderMessage(message, actions) {
  const service = serviceText(message, actions.bot)
  if (service) return h('article', { class: 'service' }, service)
  const keyboard = message.reply_markup?.inline_keyboard ?? []
  return h(
    'article',
    { class: `message ${message.by}` },
    h(
      'div',
      { class: 'bubble' },
      ...content(message, actions),
      h(
        'span',
        { class: 'meta' },
        message.edit_date ? 'edited ' : '',
        h('time', {}, time(message.date)),
      ),
    ),
    ...keyboard.map((row) =>
      h(
        'div',
        { class: 'keyboard' },
        ...row.map((button) =>
          h(
            'button',
            {
              type: 'button',
              onclick: (/** @type {Event} */ event) => actions.press(message, button, event),
            },
            button.text,
          ),
        ),
      ),
    ),
  )
}

/**
 * @param {ChatMessage} message
 * @param {string} bot
 */
function serviceText(message, bot) {
  const { successful_payment: paid, refunded_payment: returned } = message
  if (paid) {
    const again = paid.is_recurring && !paid.is_first_recurring ? ' for another 30 days' : ''
    return `You paid ${stars(paid.total_amount)} to ${bot}${again}.`
  }
  return returned ? `${bot} gave ${stars(returned.total_amount)} back to you.` : undefined
}

/**
 * @param {ChatMessage} message
 * @param {MessageActions} actions
 */
function content(message, actions) {
  const { invoice, photo, document, caption } = message
  if (invoice) {
    return [
      h('strong', {}, invoice.title),
      h('p', {}, invoice.description),
      h('p', { class: 'price' }, stars(invoice.total_amount)),
    ]
  }
  return [
    photo ? h('p', { class: 'attachment' }, 'Photo') : null,
    document ? h('p', { class: 'attachment' }, document.file_name ?? 'Document') : null,
    h('p', {}, ...words(message.text ?? caption ?? '', actions)),
  ]
}

/**
 * Text in which commands can be pressed and links followed, which Telegram finds by itself.
 * @param {string} text
 * @param {MessageActions} actions
 */
function words(text, { say, follow }) {
  return text.split(/((?<!\S)\/\w{1,32}\b|https?:\/\/\S+)/).map((part, index) => {
    if (index % 2 === 0) return part
    return part.startsWith('/')
      ? h('button', { type: 'button', class: 'link', onclick: () => say(part) }, part)
      : h(
          'a',
          {
            href: part,
            target: '_blank',
            rel: 'noopener',
            onclick: (/** @type {Event} */ event) => follow(part) && event.preventDefault(),
          },
          part,
        )
  })
}
