// @ts-check
import { openBrowser } from './browser-sheet.js'
import { payInvoice } from './payment-sheet.js'
import { askPopup } from './sheets.js'
import { followTelegramLink } from './telegram-links.js'
import { themeParams } from './theme.js'

const NO_INSETS = { top: 0, bottom: 0, left: 0, right: 0 }

/**
 * What a Mini App may ask its client for, by the bridge's names.
 * @param {{
 *   bridge: import('./bridge.js').Bridge,
 *   view: import('./mini-app.js').View,
 *   frame: HTMLIFrameElement,
 *   botName: string,
 *   chat: { say(text: string): Promise<void> },
 *   open(launch: import('./mini-app.js').Launch): void,
 *   close(): void,
 * }} app
 * @returns {Record<string, (params: any) => unknown>}
 */
export function miniAppMethods({ bridge, view, frame, botName, chat, open, close }) {
  const nothing = () => {}

  /** @type {Record<string, (params: any) => unknown>} */
  const methods = {
    iframe_ready: nothing,
    iframe_will_reload: nothing,
    web_app_ready: () => frame.classList.add('ready'),
    web_app_expand: nothing,
    web_app_close: close,
    web_app_setup_closing_behavior: nothing,
    web_app_setup_swipe_behavior: nothing,
    web_app_trigger_haptic_feedback: () => navigator.vibrate?.(10),

    web_app_request_theme: () => bridge.send('theme_changed', { theme_params: themeParams() }),
    web_app_request_viewport: () =>
      bridge.send('viewport_changed', {
        width: frame.clientWidth,
        height: frame.clientHeight,
        is_expanded: true,
        is_state_stable: true,
      }),
    web_app_request_safe_area: () => bridge.send('safe_area_changed', NO_INSETS),
    web_app_request_content_safe_area: () => bridge.send('content_safe_area_changed', NO_INSETS),

    web_app_open_invoice: async ({ slug }) => {
      const status = await payInvoice(`https://t.me/$${slug}`)
      bridge.send('invoice_closed', { slug, status })
    },
    web_app_open_link: ({ url }) => openBrowser(url),
    web_app_open_tg_link: ({ path_full }) => openTelegramLink(path_full),

    web_app_setup_main_button: (params) => setUpButton(view.main, params),
    web_app_setup_secondary_button: (params) => {
      if (params.position) view.footer.dataset['position'] = params.position
      setUpButton(view.secondary, params)
    },
    web_app_setup_back_button: ({ is_visible }) => {
      view.back.hidden = !is_visible
    },
    web_app_setup_settings_button: ({ is_visible }) => {
      view.settings.hidden = !is_visible
    },

    web_app_set_header_color: ({ color, color_key }) => paint(view.header, color ?? color_key),
    web_app_set_background_color: ({ color }) => paint(frame, color),
    web_app_set_bottom_bar_color: ({ color }) => paint(view.footer, color),

    web_app_open_popup: async (popup) => {
      const id = await askPopup(popup)
      bridge.send('popup_closed', id === undefined ? {} : { button_id: id })
    },
    web_app_request_write_access: async () => {
      const answer = await askPopup({
        message: `Allow ${botName} to send you messages?`,
        buttons: [{ id: 'allow', text: 'Allow' }, { type: 'cancel' }],
      })
      const status = answer === 'allow' ? 'allowed' : 'cancelled'
      bridge.send('write_access_requested', { status })
    },
  }
  return methods

  /**
   * @param {HTMLButtonElement} button
   * @param {any} params
   */
  function setUpButton(button, params) {
    const { is_visible, is_active, is_progress_visible, text, color, text_color } = params
    if (text !== undefined) button.textContent = text
    if (is_visible !== undefined) button.hidden = !is_visible || !button.textContent
    if (is_active !== undefined) button.disabled = !is_active
    if (is_progress_visible !== undefined) button.classList.toggle('busy', is_progress_visible)
    if (color) button.style.backgroundColor = color
    if (text_color) button.style.color = text_color
    view.footer.hidden = view.main.hidden && view.secondary.hidden
  }

  /** @param {string} path such as `/$slug` or `/shop_bot?startapp=promo` */
  async function openTelegramLink(path) {
    const { href, pathname } = new URL(path, 'https://t.me')
    const slug = /^\/(?:\$|invoice\/)([\w-]+)$/.exec(pathname)?.[1]
    if (slug) {
      await methods['web_app_open_invoice']?.({ slug })
      return
    }
    const say = async (/** @type {string} */ text) => {
      close()
      await chat.say(text)
    }
    followTelegramLink(href, { say, openMiniApp: open })
  }
}

/**
 * @param {HTMLElement} element
 * @param {unknown} colour a colour, or the name of one of the theme
 */
function paint(element, colour) {
  const theme = /** @type {Record<string, string>} */ (themeParams())
  element.style.backgroundColor = theme[String(colour)] ?? String(colour)
}
