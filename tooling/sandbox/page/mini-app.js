// @ts-check
import { post } from './api.js'
import { launchUrl, openBridge } from './bridge.js'
import { byId, fill, h, icon, icons } from './dom.js'
import { logBridge } from './log.js'
import { miniAppMethods } from './mini-app-methods.js'
import { attempt } from './notices.js'
import { onSession, session } from './session.js'
import { askPopup } from './sheets.js'
import { onThemeChange, themeParams } from './theme.js'

/** What Telegram Web lets a framed Mini App do. */
const PERMISSIONS =
  'allow-scripts allow-same-origin allow-popups allow-forms allow-modals allow-storage-access-by-user-activation'

/** @typedef {{ url?: string, startParam?: string | undefined }} Launch */

/**
 * Shows Mini Apps beside the chat, with the header and buttons that Telegram puts around them.
 * @param {{ say(text: string): Promise<void> }} chat
 */
export function startMiniApp(chat) {
  const panel = byId('mini-app')
  /** @type {(() => void) | undefined} */
  let closeOpen
  /** @type {string | undefined} */
  let openUrl

  onSession((isOther) => isOther && closeOpen?.())

  /** @param {Launch} launch */
  async function open({ url, startParam }) {
    const { customer, bot } = session
    const appUrl = url ?? bot?.miniAppUrl
    if (!customer || !bot || !appUrl) return
    if (closeOpen && appUrl === openUrl && !startParam) return setMinimised(false)
    const answer = await attempt(() =>
      post(`users/${customer.id}/init-data`, {
        bot: bot.username,
        ...(startParam ? { start_param: startParam } : {}),
      }),
    )
    if (!answer) return
    closeOpen?.()
    openUrl = appUrl
    const { initData } = answer
    show(launchUrl(appUrl, { initData, themeParams: themeParams(), startParam }), bot.name)
  }

  /**
   * @param {string} address
   * @param {string} title
   */
  function show(address, title) {
    const frame = h('iframe', { title: 'Mini App', src: address, sandbox: PERMISSIONS })
    const bridge = openBridge(frame, receive)
    const view = drawFrame(frame, title)
    const methods = miniAppMethods({ bridge, view, frame, chat, open, close, botName: title })
    let needsConfirmation = false

    const resized = new ResizeObserver(() => methods.web_app_request_viewport?.(undefined))
    resized.observe(frame)
    const stopTheme = onThemeChange(() => methods.web_app_request_theme?.(undefined))

    view.back.onclick = () => bridge.send('back_button_pressed')
    view.close.onclick = askToClose
    view.settings.onclick = () => bridge.send('settings_button_pressed')
    view.main.onclick = () => bridge.send('main_button_pressed')
    view.secondary.onclick = () => bridge.send('secondary_button_pressed')
    view.minimise.onclick = () => setMinimised(true)
    view.reload.onclick = () => {
      view.reset()
      // A new address in the frame alone would only change the hash.
      frame.replaceWith(frame)
    }
    fill(panel, ...view.elements)
    panel.hidden = false
    setMinimised(false)
    closeOpen = close

    /**
     * @param {string} method
     * @param {any} params
     */
    function receive(method, params) {
      const handle = methods[method]
      logBridge(method, params, handle !== undefined)
      handle?.(params)
      if (method === 'web_app_setup_closing_behavior') {
        needsConfirmation = params?.need_confirmation === true
      }
    }

    async function askToClose() {
      if (!needsConfirmation) return close()
      const message = 'Changes that you made may not be saved.'
      const buttons = [
        { id: 'close', type: 'destructive', text: 'Close anyway' },
        { type: 'cancel', id: '' },
      ]
      if ((await askPopup({ title: title, message, buttons })) === 'close') close()
    }

    function close() {
      if (closeOpen !== close) return
      closeOpen = undefined
      openUrl = undefined
      bridge.close()
      resized.disconnect()
      stopTheme()
      panel.hidden = true
      fill(panel)
    }
  }

  /** @param {boolean} isMinimised */
  function setMinimised(isMinimised) {
    panel.classList.toggle('minimised', isMinimised)
  }

  return { open }
}

/**
 * Draws what is around the app.
 * @param {HTMLIFrameElement} frame
 * @param {string} name
 */
function drawFrame(frame, name) {
  /**
   * @param {string} label
   * @param {string} path
   */
  const button = (label, path) =>
    h('button', { type: 'button', class: 'icon-button', 'aria-label': label }, icon(path))
  const close = button('Close Mini App', icons.close)
  const back = button('Back', icons.back)
  const settings = button('Settings of the Mini App', icons.settings)
  const reload = button('Reload Mini App', icons.reload)
  const minimise = button('Minimise Mini App', icons.down)
  minimise.classList.add('minimise')
  const header = h(
    'header',
    {},
    close,
    back,
    h('div', {}, h('h2', {}, name), h('p', { class: 'hint' }, 'mini app')),
    settings,
    reload,
    minimise,
  )
  const main = h('button', { type: 'button', class: 'app-button' })
  const secondary = h('button', { type: 'button', class: 'app-button secondary' })
  const footer = h('footer', { 'data-position': 'left' }, secondary, main)

  function reset() {
    for (const element of [back, settings, main, secondary]) element.hidden = true
    for (const element of [header, footer]) element.removeAttribute('style')
    footer.hidden = true
  }
  reset()
  const elements = [header, frame, footer]
  return {
    elements,
    header,
    footer,
    close,
    back,
    settings,
    reload,
    minimise,
    main,
    secondary,
    reset,
  }
}

/** @typedef {ReturnType<typeof drawFrame>} View */
