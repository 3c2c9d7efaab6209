import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, inject, onTestFinished, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('between-processes.ts', import.meta.url))

/** Runs the example as a process of its own and gives its lines as they come. */
function run(what: 'hear' | 'invite') {
  const child = spawn(
    process.execPath,
    ['-C', 'gramkit-source', PROGRAM, what, inject('gramkitRedisUrl')],
    { env: { ...process.env, NODE_OPTIONS: '' }, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  onTestFinished(() => void child.kill())
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { lines, ended: once(child, 'close') }
}

test('the example between processes hears in one what happens in the other', async () => {
  const hearing = run('hear')
  expect(await hearing.lines.next()).toMatchObject({ value: 'Listening' })
  const inviting = run('invite')
  expect(await inviting.ended).toEqual([0, null])
  expect(await hearing.lines.next()).toMatchObject({ value: 'Invitation SPRING used by ada' })
  expect(await hearing.lines.next()).toMatchObject({ value: 'Invitation SPRING used by bob' })
  expect(await hearing.ended).toEqual([0, null])
})
