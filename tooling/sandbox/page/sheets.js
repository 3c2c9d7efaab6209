// @ts-check
import { h } from './dom.js'

/**
 * Opens a dialog over the page.
 * @param {{ label: string, class?: string }} look
 * @param {...import('./dom.js').Child} children
 */
export function openSheet(look, ...children) {
  const dialog = h('dialog', { 'aria-label': look.label, class: look.class }, ...children)
  dialog.addEventListener('close', () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
  return dialog
}

/**
 * @typedef {{ id?: string, type?: string, text?: string }} PopupButton
 */

/** Texts that Telegram gives to buttons of these types. */
const TEXTS = { ok: 'OK', close: 'Close', cancel: 'Cancel' }

/**
 * Asks with up to three buttons; resolves with the id of the pressed one, or undefined.
 * @param {{ title?: string, message: string, buttons: readonly PopupButton[] }} popup
 * @returns {Promise<string | undefined>}
 */
export function askPopup({ title, message, buttons }) {
  return new Promise((resolve) => {
    const dialog = openSheet(
      { label: title || 'Message of the Mini App', class: 'popup' },
      title ? h('h2', {}, title) : null,
      h('p', {}, message),
      h(
        'div',
        { class: 'actions' },
        ...buttons.map(({ id = '', type = 'default', text }) =>
          h(
            'button',
            { type: 'button', class: `text ${type}`, onclick: () => dialog.close(`:${id}`) },
            TEXTS[/** @type {keyof typeof TEXTS} */ (type)] ?? text ?? id,
          ),
        ),
      ),
    )
    dialog.addEventListener('close', () => {
      const { returnValue } = dialog
      resolve(returnValue.startsWith(':') ? returnValue.slice(1) : undefined)
    })
  })
}
