import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { MONEY_KEYS } from './money-keys.ts'
import { applied } from './workspace-copy.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

test('every key names what stands in the sources, once', async () => {
  const stale: string[] = []
  for (const { name, edits } of MONEY_KEYS) {
    const texts = new Map<string, string>()
    for (const edit of edits) {
      const text = texts.get(edit.file) ?? (await readFile(join(ROOT, edit.file), 'utf8'))
      try {
        texts.set(edit.file, applied(text, edit))
      } catch (error) {
        stale.push(`${name}: ${error}`)
      }
    }
  }
  expect(stale).toEqual([])
  expect(new Set(MONEY_KEYS.map(({ name }) => name)).size).toBe(MONEY_KEYS.length)
})
