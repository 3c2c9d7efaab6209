// @ts-check

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * Makes an element; functions become listeners, data only ever becomes text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue
    if (typeof value === 'function') {
      element.addEventListener(name.slice(2), (event) => value(event))
    } else if (typeof value === 'boolean' && !name.startsWith('aria-')) {
      element.toggleAttribute(name, value)
    } else element.setAttribute(name, String(value))
  }
  element.append(...present(children))
  return element
}

/**
 * Replaces what an element holds.
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...present(children))
}

/**
 * The element of the page with an id, which must exist.
 * @param {string} id
 */
export function byId(id) {
  const element = document.getElementById(id)
  if (!element) throw new Error(`The page has no #${id}`)
  return element
}

/**
 * A picture drawn with strokes on a 24 × 24 grid, hidden from screen readers.
 * @param {string} path
 */
export function icon(path) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  svg.setAttribute('class', 'icon')
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  shape.setAttribute('d', path)
  svg.append(shape)
  return svg
}

/** Paths for `icon`. */
export const icons = {
  back: 'M19 12H5m7 7-7-7 7-7',
  close: 'M6 6l12 12M18 6 6 18',
  down: 'M6 9l6 6 6-6',
  plus: 'M12 5v14M5 12h14',
  reload: 'M20 5v5h-5M20 10a8 8 0 1 0 .5 5',
  send: 'M4 12l16-8-5 16-4-7z',
  settings: 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3m0 12v3M3 12h3m12 0h3',
}

/**
 * @param {readonly Child[]} children
 * @returns {(Node | string)[]}
 */
function present(children) {
  /** @type {(Node | string)[]} */
  const there = []
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) there.push(child)
  }
  return there
}
