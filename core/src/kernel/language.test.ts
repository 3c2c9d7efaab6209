import { expect, test } from 'vitest'
import { languageOf } from './language.ts'

test.each([
  ['ru', 'ru'],
  ['ru-RU', 'ru'],
  ['RU_ru', 'ru'],
  ['en-GB', 'en'],
  ['rup', 'en'],
  ['de', 'en'],
  ['', 'en'],
  [null, 'en'],
  [undefined, 'en'],
] as const)('who speaks %s reads %s', (languageCode, language) => {
  expect(languageOf({ languageCode })).toBe(language)
})

test('what somebody chose themselves comes first', () => {
  expect(languageOf({ language: 'en', languageCode: 'ru' })).toBe('en')
  expect(languageOf({ language: null, languageCode: 'ru' })).toBe('ru')
})
