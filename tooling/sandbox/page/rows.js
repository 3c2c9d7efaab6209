// @ts-check
import { h } from './dom.js'
import { attempt } from './notices.js'

/**
 * A part of the books, with its sums.
 * @param {string} title
 * @param {readonly string[]} sums
 * @param {string} empty
 * @param {readonly HTMLElement[]} rows
 */
export function section(title, sums, empty, rows) {
  return h(
    'section',
    { 'aria-label': title },
    h('h3', {}, title),
    ...sums.map((text) => h('p', { class: 'totals' }, text)),
    ...(rows.length === 0 ? [h('p', { class: 'empty' }, empty)] : rows),
  )
}

/**
 * A line of the books, with what can be done to it.
 * @param {string} title
 * @param {string} amount
 * @param {string} details
 * @param {readonly import('./dom.js').Child[]} actions
 */
export function row(title, amount, details, actions) {
  return h(
    'article',
    { class: 'row', 'aria-label': title },
    h('p', { class: 'line' }, h('span', {}, title), h('strong', {}, amount)),
    h(
      'div',
      { class: 'line' },
      h('p', { class: 'hint' }, details),
      h('div', { class: 'bar' }, ...actions),
    ),
  )
}

/**
 * A button that does something and waits for it.
 * @param {string} name
 * @param {() => Promise<unknown>} work
 */
export function action(name, work) {
  const press = (/** @type {Event} */ event) => attempt(work, { busy: event.currentTarget })
  return h('button', { type: 'button', class: 'small', onclick: press }, name)
}
