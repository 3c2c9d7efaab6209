import { expect, test } from 'vitest'
import { leavesOf, nameOf, withLeaf } from './setting-leaves.ts'

const setting = { detail: 10, persona: { agency: 20 }, tiers: [{ at: 3 }, { at: 10, on: true }] }

test('A setting is edited value by value, in lists too', () => {
  expect(leavesOf(setting).map(({ path, value }) => [nameOf(path), value])).toEqual([
    ['detail', 10],
    ['persona.agency', 20],
    ['tiers.#.at', 3],
    ['tiers.#.at', 10],
    ['tiers.#.on', true],
  ])
})

test.each([
  [['detail'], { ...setting, detail: 7 }],
  [['persona', 'agency'], { ...setting, persona: { agency: 7 } }],
  [['tiers', '1', 'at'], { ...setting, tiers: [{ at: 3 }, { at: 7, on: true }] }],
  [['tiers', '9', 'at'], setting],
])('One value is replaced and the rest stays: %j', (path, changed) => {
  expect(withLeaf(setting, path, 7)).toEqual(changed)
})
