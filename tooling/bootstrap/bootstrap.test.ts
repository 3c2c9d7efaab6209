import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test, vi } from 'vitest'

// Processes are started, on a machine that others use too.
vi.setConfig({ testTimeout: 60_000 })

const require = createRequire(import.meta.url)
const { isNodeRecent } = require('./toolchain.cjs')

const RUN = `
const { join } = require('node:path')
const { runChild } = require('./run-child.cjs')
const preload = join(process.cwd(), 'end-with-parent.cjs')
runChild(process.execPath, ['--require', preload, '--eval', process.argv[1]], {
  cwd: process.cwd(),
  env: process.env,
}).then((code) => process.exit(code))
`
const SERVER = `
process.on('SIGTERM', () => { console.log('ended in order'); process.exit(7) })
process.on('SIGINT', () => console.log('interrupted'))
setInterval(() => {}, 1000)
console.log('ready')
`

interface Run {
  readonly bootstrap: ChildProcess
  readonly nextLine: () => Promise<string>
}

/** Runs a small server the way `npm start` runs the development server. */
async function startServer(): Promise<Run> {
  const bootstrap = spawn(process.execPath, ['--eval', RUN, SERVER], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
  })
  onTestFinished(() => {
    bootstrap.kill('SIGKILL')
  })
  const lines = createInterface({ input: bootstrap.stdout })[Symbol.asyncIterator]()
  const nextLine = async (): Promise<string> => String((await lines.next()).value)
  await nextLine()
  return { bootstrap, nextLine }
}

test.each([
  ['20.20.2', false],
  ['22.17.9', false],
  ['22.18.0', true],
  ['24.0.0', true],
])('judges whether Node %s runs TypeScript by itself', (version, expected) => {
  expect(isNodeRecent(version)).toBe(expected)
})

test('hands SIGTERM on once and ends with the exit code of the server', async () => {
  const { bootstrap, nextLine } = await startServer()
  const exit = once(bootstrap, 'exit')
  bootstrap.kill('SIGTERM')
  expect(await nextLine()).toBe('ended in order')
  expect(await exit).toEqual([7, null])
})

test('waits for a server that takes its time after Ctrl-C', async () => {
  const { bootstrap, nextLine } = await startServer()
  bootstrap.kill('SIGINT')
  expect(await nextLine()).toBe('interrupted')
  expect(bootstrap.exitCode).toBeNull()
})

test('leaves no server behind when it is killed', async () => {
  const { bootstrap, nextLine } = await startServer()
  bootstrap.kill('SIGKILL')
  expect(await nextLine()).toBe('ended in order')
})
