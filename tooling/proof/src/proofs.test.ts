import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { PROOFS } from './proofs.ts'

const cwd = fileURLToPath(new URL('../../../', import.meta.url))
const exclude = ['**/node_modules/**', '**/dist/**']
const tests = globSync('{apps,core,tooling}/**/*.test.ts', { cwd, exclude })

test('every name of a proof finds its tests', () => {
  const lost = PROOFS.flatMap(({ name, files }) =>
    files.some((part) => tests.some((file) => file.includes(part))) ? [] : [name],
  )
  expect(lost).toEqual([])
})

test('every proof has a name', () => {
  const parts = PROOFS.flatMap(({ files }) => files)
  const nameless = tests
    .filter((file) => file.endsWith('.proof.test.ts'))
    .filter((file) => !parts.some((part) => file.includes(part)))
  expect(nameless).toEqual([])
})
