import { counted, plainTexts } from '@gramkit/mini-app/texts'
import { expect, test } from 'vitest'
import { adminTexts } from '../admin/texts/texts.ts'
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

test('Administrators read everything in both languages too', () => {
  const { en, ru } = adminTexts
  expect(plainTexts(ru).map(([path]) => path)).toEqual(plainTexts(en).map(([path]) => path))
  for (const [path, text] of plainTexts(en)) expect(text, path).not.toMatch(CYRILLIC)
  for (const [path, text] of plainTexts(ru)) expect(text, path).toMatch(CYRILLIC)
})

test('People are counted by the rules of the language', () => {
  const waiting = [1, 2, 5, 21].map(texts.ru.join.waiting)
  expect(waiting).toEqual([
    '1 человек ждёт',
    '2 человека ждут',
    '5 человек ждут',
    '21 человек ждёт',
  ])
  expect(texts.en.join.waiting(12_345)).toBe('12,345 people wait')
  expect([1, 2].map((count) => counted('en', count, ['word', '', 'words']))).toEqual([
    '1 word',
    '2 words',
  ])
})
