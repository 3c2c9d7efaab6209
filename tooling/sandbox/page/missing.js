// @ts-check
import { list, onChange } from './api.js'
import { fill, h } from './dom.js'
import { missingBridgeMethods, onEntries } from './log.js'
import { attempt } from './notices.js'

/**
 * Lists what was asked for and the sandbox does not have.
 * @param {HTMLElement} panel
 * @param {(count: number) => void} onCount
 */
export function startMissing(panel, onCount) {
  onChange(['log'], refresh)
  onEntries((entries) => entries.some(({ kind }) => kind === 'bridge') && draw())

  /** @type {{ method: string, calls: number }[]} */
  let bot = []

  async function refresh() {
    bot = (await attempt(() => list('missing'))) ?? bot
    draw()
  }

  function draw() {
    const bridge = [...missingBridgeMethods].map(([method, calls]) => ({ method, calls }))
    onCount(bot.length + bridge.length)
    fill(
      panel,
      section('Bot API', 'Methods that bots called', bot),
      section('Mini App bridge', 'Methods that Mini Apps called', bridge),
    )
  }
  draw()
}

/**
 * @param {string} title
 * @param {string} what
 * @param {readonly { method: string, calls: number }[]} methods
 */
function section(title, what, methods) {
  return h(
    'section',
    { 'aria-label': title },
    h('h3', {}, title),
    methods.length === 0
      ? h('p', { class: 'empty' }, `${what}: all are there.`)
      : h(
          'ul',
          { class: 'plain' },
          ...methods.map(({ method, calls }) =>
            h('li', {}, h('code', {}, method), h('span', { class: 'hint' }, ` called ${calls} ×`)),
          ),
        ),
  )
}
