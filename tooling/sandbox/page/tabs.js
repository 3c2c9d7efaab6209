// @ts-check
import { fill, h } from './dom.js'

/** @typedef {{ id: string, name: string, panel: HTMLElement }} Tab */

/**
 * Shows one of several panels at a time.
 * @param {readonly Tab[]} tabs
 */
export function makeTabs(tabs) {
  const buttons = tabs.map(({ id, name, panel }) => {
    panel.id ||= `panel-${id}`
    panel.setAttribute('role', 'tabpanel')
    panel.setAttribute('aria-labelledby', `tab-${id}`)
    return h(
      'button',
      {
        type: 'button',
        role: 'tab',
        id: `tab-${id}`,
        'aria-controls': panel.id,
        onclick: () => choose(id),
        onkeydown: move,
      },
      name,
      h('span', { class: 'count' }),
    )
  })
  const bar = h('div', { role: 'tablist', 'aria-label': 'Parts of the sandbox' }, ...buttons)

  /** @param {string} chosen */
  function choose(chosen) {
    for (const [index, { id, panel }] of tabs.entries()) {
      const isChosen = id === chosen
      // Not `hidden`: where there is room, a panel may stay in sight.
      panel.toggleAttribute('data-away', !isChosen)
      buttons[index]?.setAttribute('aria-selected', String(isChosen))
      buttons[index]?.setAttribute('tabindex', isChosen ? '0' : '-1')
    }
  }

  /** @param {KeyboardEvent} event */
  function move(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!step) return
    const shown = buttons.filter((button) => button.offsetParent !== null)
    const at = shown.indexOf(/** @type {HTMLButtonElement} */ (event.currentTarget))
    const next = shown.at((at + step) % shown.length)
    next?.focus()
    next?.click()
  }

  return {
    bar,
    choose,
    /**
     * Shows a number beside a tab's name.
     * @param {string} id
     * @param {number} count
     */
    count(id, count) {
      const mark = buttons[tabs.findIndex((tab) => tab.id === id)]?.querySelector('.count')
      if (mark) fill(mark, count > 0 && String(count))
    },
  }
}
