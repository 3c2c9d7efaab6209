// @ts-check
import { follow } from './api.js'
import { startBooks } from './books.js'
import { startChat } from './chat.js'
import { startClock } from './clock.js'
import { byId, fill, h } from './dom.js'
import { startFaults } from './faults.js'
import { startLog } from './log.js'
import { startMail } from './mail.js'
import { startMiniApp } from './mini-app.js'
import { startMissing } from './missing.js'
import { startSession } from './session.js'
import { makeTabs } from './tabs.js'
import { dressPage, onThemeChange } from './theme.js'
import { startWallet } from './wallet.js'

dressPage()
onThemeChange(dressPage)

const panel = () => h('div', { class: 'panel' })
const [log, mail, books, clock] = [panel(), panel(), panel(), panel()]
const [faults, missing] = [panel(), panel()]
const parts = [
  // On a phone the chat is one part among the others; beside them it is always there.
  { id: 'chat', name: 'Chat', panel: byId('chat') },
  { id: 'log', name: 'Log', panel: log },
  { id: 'mail', name: 'Mail', panel: mail },
  { id: 'books', name: 'Books', panel: books },
  { id: 'clock', name: 'Clock', panel: clock },
  { id: 'faults', name: 'Faults', panel: faults },
  { id: 'missing', name: 'Missing', panel: missing },
]
const tabs = makeTabs(parts)
byId('columns').prepend(tabs.bar)
fill(byId('tools'), log, mail, books, clock, faults, missing)

const wide = window.matchMedia('(min-width: 800px)')
// The address may name a part, such as #mail.
const named = () => parts.find(({ id }) => `#${id}` === window.location.hash)?.id
const chooseFirst = () => tabs.choose(named() ?? (wide.matches ? 'log' : 'chat'))
wide.addEventListener('change', chooseFirst)
window.addEventListener('hashchange', chooseFirst)
chooseFirst()

const chat = startChat({ openMiniApp: (launch = {}) => miniApp.open(launch) })
const miniApp = startMiniApp(chat)
startWallet()
startLog(log)
startMail(mail)
startBooks(books)
startClock(clock)
startFaults(faults, (count) => tabs.count('faults', count))
startMissing(missing, (count) => tabs.count('missing', count))
startSession()
follow((isReachable) => {
  byId('unreachable').textContent = isReachable
    ? ''
    : 'The sandbox is not reachable. Is it running? This page tries again every few seconds.'
})
