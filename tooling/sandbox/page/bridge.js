// @ts-check

/**
 * Opens Telegram's Web bridge with a framed Mini App: JSON text by postMessage, both ways.
 * @param {HTMLIFrameElement} frame
 * @param {(method: string, params: any) => void} receive gets what the app asks for
 */
export function openBridge(frame, receive) {
  /** @param {MessageEvent} event */
  const listener = (event) => {
    if (event.source !== frame.contentWindow || typeof event.data !== 'string') return
    const message = parse(event.data)
    if (typeof message?.eventType === 'string') receive(message.eventType, message.eventData)
  }
  window.addEventListener('message', listener)
  return {
    /**
     * Tells the app what happened.
     * @param {string} eventType
     * @param {unknown} [eventData]
     */
    send(eventType, eventData) {
      // Like Telegram Web, for whichever origin the app went on to; nothing sent here is secret.
      frame.contentWindow?.postMessage(JSON.stringify({ eventType, eventData }), '*')
    },
    /** Stops listening. */
    close() {
      window.removeEventListener('message', listener)
    },
  }
}

/** @typedef {ReturnType<typeof openBridge>} Bridge */

/**
 * The address of a Mini App with the launch parameters that Telegram Web puts into the hash.
 * @param {string} appUrl
 * @param {{ initData: string, themeParams: object, startParam?: string | undefined }} launch
 */
export function launchUrl(appUrl, { initData, themeParams, startParam }) {
  const hash = new URLSearchParams({
    tgWebAppData: initData,
    tgWebAppVersion: '8.0',
    tgWebAppPlatform: 'weba',
    tgWebAppThemeParams: JSON.stringify(themeParams),
  })
  const url = new URL(appUrl, document.baseURI)
  // In the address's query only: SDKs refuse a launch that names it twice.
  if (startParam) url.searchParams.set('tgWebAppStartParam', startParam)
  url.hash = hash.toString()
  return url.href
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
