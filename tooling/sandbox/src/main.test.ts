import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { SandboxControl, type SandboxOptions } from './index.ts'

// Processes are started, on a machine that others use too.
vi.setConfig({ testTimeout: 60_000 })

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

function start(options: SandboxOptions): ChildProcess {
  const child = spawn(process.execPath, ['-C', 'gramkit-source', MAIN], {
    env: { ...process.env, GRAMKIT_SANDBOX_OPTIONS: JSON.stringify(options) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}

async function firstLine(stream: ChildProcess['stdout']): Promise<string> {
  if (!stream) throw new Error('The process has no such stream')
  for await (const line of createInterface({ input: stream })) return line
  return ''
}

test('what is there when the process is killed is there at the next start', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sandbox-'))
  onTestFinished(() => rm(dataDir, { recursive: true }))
  const first = start({ dataDir })
  const { url } = JSON.parse(await firstLine(first.stdout))
  const alice = new SandboxControl(url).user('alice', { stars: 7 })
  const id = await alice.id()
  await new SandboxControl(url).clock.advance({ days: 2 })
  const before = await new SandboxControl(url).clock.now()
  const key = await new SandboxControl(url).publicKey()

  first.kill('SIGKILL')
  await once(first, 'exit')

  const second = start({ dataDir })
  const again = new SandboxControl(JSON.parse(await firstLine(second.stdout)).url)
  expect((await again.userById(id).wallet()).stars).toBe(7)
  expect((await again.clock.now()).getTime()).toBeGreaterThanOrEqual(before.getTime())
  expect(await again.publicKey()).toBe(key)

  second.kill('SIGTERM')
  expect(await once(second, 'exit')).toEqual([0, null])
})

test('a taken port, a folder in use and wrong options end the process with one clear line', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sandbox-'))
  onTestFinished(() => rm(dataDir, { recursive: true }))
  const first = start({ dataDir })
  const { port } = JSON.parse(await firstLine(first.stdout))
  const failure = async (options: SandboxOptions): Promise<string> => {
    const child = start(options)
    const [line, exit] = await Promise.all([firstLine(child.stderr), once(child, 'exit')])
    expect(exit).toEqual([1, null])
    return line
  }

  expect(await failure({ port })).toBe(
    `The sandbox cannot listen on 127.0.0.1:${port}: the port is taken`,
  )
  expect(await failure({ dataDir })).toMatch(/is in use by another sandbox/)
  expect(await failure({ port: -1 })).toMatch(/Wrong options/)
})

test('the process ends with the one that started it, and leaves its folder free', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sandbox-'))
  onTestFinished(() => rm(dataDir, { recursive: true }))
  const first = start({ dataDir })
  await firstLine(first.stdout)

  first.disconnect()

  expect(await once(first, 'exit')).toEqual([0, null])
  expect(await firstLine(start({ dataDir }).stdout)).toContain('"listening":true')
})
