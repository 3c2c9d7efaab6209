// @ts-check
import { get, onChange } from './api.js'
import { toast } from './notices.js'
import { askPopup } from './sheets.js'

const PATIENCE_MS = 10_000

/** @type {Set<() => void>} */
const waiting = new Set()
onChange(['chat'], () => {
  for (const look of [...waiting]) look()
})

/**
 * Waits for the bot's answer to a pressed button and shows it.
 * @param {string} id
 * @returns {Promise<void>}
 */
export function callbackAnswer(id) {
  return new Promise((resolve) => {
    const timer = setTimeout(end, PATIENCE_MS)
    waiting.add(look)
    void look()

    async function look() {
      const { answer } = await get(`callbacks/${id}`).catch(() => ({ answer: null }))
      if (!answer || !waiting.has(look)) return
      end()
      if (answer.text && answer.show_alert) {
        void askPopup({ message: answer.text, buttons: [{ type: 'ok' }] })
      } else if (answer.text) toast(answer.text)
    }

    function end() {
      clearTimeout(timer)
      waiting.delete(look)
      resolve()
    }
  })
}
