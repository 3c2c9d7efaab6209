import { plainTexts } from '@gramkit/mini-app/texts'
import { expect, test } from 'vitest'
import { problemTexts } from './problem-texts.ts'
import { texts } from './texts.ts'

const CYRILLIC = /[а-яё]/i

test('Every failure has its own words in both languages', () => {
  for (const [code, { en, ru }] of Object.entries(problemTexts)) {
    expect(en, code).toMatch(/^[^а-яё]{10,}\.$/i)
    expect(ru, code).toMatch(CYRILLIC)
    expect(ru.endsWith('.'), code).toBe(true)
  }
})

test('Everything that is said in English is said in Russian, in Russian', () => {
  const { language: toRussian, ...en } = texts.en
  const { language: toEnglish, ...ru } = texts.ru
  expect([toRussian, toEnglish]).toEqual(['Русский', 'English'])
  expect(plainTexts(ru).map(([path]) => path)).toEqual(plainTexts(en).map(([path]) => path))
  for (const [path, text] of plainTexts(en)) expect(text, path).not.toMatch(CYRILLIC)
  for (const [path, text] of plainTexts(ru)) expect(text, path).toMatch(CYRILLIC)
})
