import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '@gramkit/services'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'gramkit-home-'))
const port = await freePort()
const url = `http://127.0.0.1:${port}`

afterAll(() => rmSync(home, { recursive: true, force: true }))

interface Dev {
  readonly child: ChildProcess
  readonly output: () => string
  readonly ended: Promise<number | null>
}

function startDev(env: Record<string, string> = {}): Dev {
  const child = spawn(process.execPath, ['-C', 'gramkit-source', main, 'dev'], {
    env: { PATH: process.env['PATH'], PORT: String(port), GRAMKIT_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // One that a test gave up would hold the port of the next.
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { child, output: () => output, ended }
}

async function ready({ child, output }: Dev): Promise<void> {
  const deadline = performance.now() + 120_000
  while (performance.now() < deadline && child.exitCode === null) {
    const status = await fetch(`${url}/ready`).then(
      (response) => response.status,
      () => 0,
    )
    // What it prints comes by another way than what it answers.
    if (status === 200 && output().includes('Ctrl-C stops everything')) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`It did not get ready:\n${output()}`)
}

const api = (path: string, token: string, body?: object) =>
  fetch(`${url}${path}`, {
    headers: {
      authorization: `Bearer ${token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  }).then((response) => response.json())

async function post(path: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return z.record(z.string(), z.unknown()).parse(await response.json())
}

/** Processes that have the folder on their command line or as their own. */
function processesOf(folder: string): string[] {
  const pidFile = join(folder, 'postgres', 'postmaster.pid')
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n', 1).join())
    process.kill(pid, 0)
    return [`postgres ${pid}`]
  } catch {
    return []
  }
}

describe('the dev command', () => {
  test('serves everything on one address, keeps its data over a restart, and stops cleanly', async () => {
    const first = startDev()
    await ready(first)
    const token = readFileSync(join(home, 'admin-token'), 'utf8').trim()
    expect(first.output()).toContain(`http://localhost:${port}/sandbox/`)
    expect(first.output()).toContain(`http://localhost:${port}/sandbox/#mail`)
    expect(first.output()).toContain(token)
    expect(first.output()).toContain(`http://localhost:${port}/join/admin`)
    const apiKey = readFileSync(join(home, 'billing-api-key'), 'utf8').trim()
    expect(first.output()).toContain(apiKey)
    const paths = ['/sandbox/', '/shop/', '/docs/', '/health', '/metrics', '/openapi.json']
    paths.push('/billing/', '/billing/docs/', '/billing/openapi.json')
    for (const path of [
      ...paths,
      '/join/',
      '/join/admin',
      '/billing/',
      '/status',
      '/api/waitlist/stats',
    ]) {
      expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 200])
    }
    expect(await api('/api/v1/admin/ledger/verify', token)).toMatchObject({ ok: true })
    const user = await post('/sandbox/api/users', { first_name: 'Ada' })
    const { initData } = await post(`/sandbox/api/users/${user['id']}/init-data`, {})
    const login = await post('/api/v1/auth/telegram', { initData })
    const bot = 'gramkit_launchpad_bot'
    const opened = await post(`/sandbox/api/users/${user['id']}/init-data`, { bot })
    const { token: joiner } = await post('/join/api/v1/auth/telegram', opened)
    const wish = { use_case: 'To try it', persona: 'other' }
    const joined = await api('/api/waitlist/join', String(joiner), wish)
    expect(joined).toMatchObject({ status: 'success', position: 1 })

    const ada = { code: 'ADA', name: 'Ada' }
    expect(await api('/billing/api/v1/customers', apiKey, ada)).toMatchObject(ada)

    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    expect(first.output()).toContain('Stopped. Your data is kept.')
    expect(processesOf(home)).toEqual([])

    const second = startDev()
    await ready(second)
    expect(await api('/api/v1/me', String(login['token']))).toMatchObject({ firstName: 'Ada' })
    expect(await api('/api/waitlist/position', String(joiner))).toMatchObject({ position: 1 })
    expect(readFileSync(join(home, 'admin-token'), 'utf8').trim()).toBe(token)
    expect(readFileSync(join(home, 'billing-api-key'), 'utf8').trim()).toBe(apiKey)
    const known = await api('/billing/api/v1/customers?search=ADA', apiKey)
    expect(known).toMatchObject({ items: [ada] })
    second.child.kill('SIGINT')
    expect(await second.ended).toBe(0)
    expect(processesOf(home)).toEqual([])
  }, 360_000)

  test('says which port is taken and what to do', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve))
    const dev = startDev()
    expect(await dev.ended).toBe(1)
    expect(dev.output()).toBe(
      `Port ${port} is taken by another program. Stop it, or choose another: PORT=8081 npm start\n`,
    )
    await new Promise((resolve) => taken.close(resolve))
  })

  test('does not touch a data folder of another version', async () => {
    const other = mkdtempSync(join(tmpdir(), 'gramkit-home-'))
    writeFileSync(join(other, 'layout'), '999\n')
    const dev = startDev({ GRAMKIT_HOME: other })
    expect(await dev.ended).toBe(1)
    expect(dev.output()).toContain(`The data folder ${other} belongs to another version of gramkit`)
    rmSync(other, { recursive: true })
  })

  test.each(['x', '0', '65536', '80.5'])('refuses PORT=%s', async (wrong) => {
    const dev = startDev({ PORT: wrong })
    expect(await dev.ended).toBe(1)
    expect(dev.output()).toContain(`PORT was "${wrong}"; it should be a number from 1 to 65535.`)
  })
})
