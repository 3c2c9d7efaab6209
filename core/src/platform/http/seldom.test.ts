import { expect, test } from 'vitest'
import { seldom } from './seldom.ts'

test('who asks at once shares one reading, and gets its answer', async () => {
  let readings = 0
  const { promise, resolve } = Promise.withResolvers<string>()
  const read = seldom(() => {
    readings += 1
    return promise
  })
  const answers = [read(), read(), read()]
  resolve('numbers')
  expect(await Promise.all(answers)).toEqual(['numbers', 'numbers', 'numbers'])
  expect(readings).toBe(1)
})

test('a reading that failed is not kept', async () => {
  let readings = 0
  const read = seldom(async () => {
    readings += 1
    if (readings === 1) throw new Error('the database is away')
    return readings
  })
  await expect(read()).rejects.toThrow('away')
  expect(await read()).toBe(2)
})
