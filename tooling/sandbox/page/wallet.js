// @ts-check
import { post } from './api.js'
import { byId, fill, h, icon, icons } from './dom.js'
import { stars } from './format.js'
import { attempt } from './notices.js'
import { load, onSession, play, session } from './session.js'
import { openSheet } from './sheets.js'

/** Shows which customer plays, with their Stars, and lets another one play. */
export function startWallet() {
  const customers = h('select', {
    'aria-label': 'Customer',
    onchange: () => play('user', Number(customers.value)),
  })
  const bots = h('select', {
    'aria-label': 'Bot',
    onchange: () => play('bot', Number(bots.value)),
  })
  const wallet = h('button', { type: 'button', class: 'stars', onclick: openWallet })
  fill(
    byId('top'),
    customers,
    h(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        'aria-label': 'New customer',
        onclick: openNewCustomer,
      },
      icon(icons.plus),
    ),
    bots,
    h('span', { class: 'space' }),
    wallet,
  )
  onSession(() => {
    const { customer, bot } = session
    customers.disabled = session.customers.length === 0
    choices(customers, session.customers.map(nameCustomer), customer?.id, 'No customers')
    choices(bots, session.bots.map(nameBot), bot?.id, 'No bot')
    bots.hidden = session.bots.length < 2
    wallet.hidden = !customer
    wallet.textContent = stars(customer?.stars ?? 0)
    wallet.setAttribute('aria-label', `Wallet: ${wallet.textContent}`)
  })
}

/**
 * @param {HTMLSelectElement} select
 * @param {readonly { id: number, name: string }[]} options
 * @param {number | undefined} chosen
 * @param {string} none
 */
function choices(select, options, chosen, none) {
  fill(
    select,
    ...options.map(({ id, name }) => h('option', { value: id, selected: id === chosen }, name)),
    options.length === 0 && h('option', {}, none),
  )
}

/** @param {import('./api.js').Customer} customer */
function nameCustomer({ id, first_name, last_name = '', username }) {
  const name = `${first_name} ${last_name}`.trim()
  return { id, name: username ? `${name} (@${username})` : name }
}

/** @param {import('./api.js').Bot} bot */
function nameBot({ id, username }) {
  return { id, name: `@${username}` }
}

function openWallet() {
  const { customer } = session
  if (!customer) return
  const amount = field('Stars to add', { type: 'number', value: 1000, step: 1, required: true })
  const sum = h('p', { class: 'sum' }, stars(customer.stars))
  openForm('Wallet', [sum, amount.label], 'Add Stars', () =>
    post(`users/${customer.id}/stars`, { amount: amount.input.valueAsNumber }),
  )
}

/** Asks for a new customer, who plays from then on. */
export function openNewCustomer() {
  const name = field('First name', { required: true, maxlength: 64, autofocus: true })
  const username = field('Username', { maxlength: 32, pattern: '\\w+' })
  const language = field('Language code', { value: 'en', maxlength: 35 })
  openForm('New customer', [name.label, username.label, language.label], 'Create', async () => {
    const { id } = await post('users', {
      first_name: name.input.value.trim(),
      ...(username.input.value ? { username: username.input.value } : {}),
      ...(language.input.value ? { language_code: language.input.value } : {}),
    })
    await load()
    play('user', id)
  })
}

/**
 * @param {string} name
 * @param {Record<string, unknown>} attributes
 */
function field(name, attributes) {
  const input = h('input', { type: 'text', autocomplete: 'off', ...attributes })
  return { input, label: h('label', {}, name, input) }
}

/**
 * @param {string} label
 * @param {readonly HTMLElement[]} content
 * @param {string} action
 * @param {() => Promise<unknown>} work
 */
function openForm(label, content, action, work) {
  const form = h(
    'form',
    {
      onsubmit: async (/** @type {SubmitEvent} */ event) => {
        event.preventDefault()
        await attempt(
          async () => {
            await work()
            dialog.close()
          },
          { busy: event.submitter },
        )
      },
    },
    h('h2', {}, label),
    ...content,
    h('button', { type: 'submit', class: 'main' }, action),
    h('button', { type: 'button', class: 'text', onclick: () => dialog.close() }, 'Cancel'),
  )
  const dialog = openSheet({ label, class: 'sheet' }, form)
}
