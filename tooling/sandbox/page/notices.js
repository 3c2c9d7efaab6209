// @ts-check
import { byId, fill, h } from './dom.js'

const SHOWN_MS = 4_000

/**
 * Shows a short notice that goes away by itself, or when the next one comes.
 * @param {string} text
 * @param {'good' | 'bad'} [kind]
 */
export function toast(text, kind = 'good') {
  const notice = h('p', { class: `toast ${kind}`, popover: 'manual' }, text)
  fill(byId('toasts'), notice)
  // In the layer of dialogs, so that none of them covers it.
  notice.showPopover()
  setTimeout(() => notice.remove(), SHOWN_MS)
}

/**
 * Does something that a person asked for; what goes wrong is shown.
 * @template Result
 * @param {() => Promise<Result>} work
 * @param {{ busy?: EventTarget | null }} [options] the button that waits meanwhile
 * @returns {Promise<Result | undefined>}
 */
export async function attempt(work, { busy = null } = {}) {
  const button = busy instanceof HTMLButtonElement ? busy : undefined
  button?.toggleAttribute('disabled', true)
  try {
    return await work()
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), 'bad')
    return undefined
  } finally {
    button?.toggleAttribute('disabled', false)
  }
}
