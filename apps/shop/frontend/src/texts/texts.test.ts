import { failureOf } from '@gramkit/mini-app/requests'
import { languageOf, number, plainTexts, problemText, signed } from '@gramkit/mini-app/texts'
import { expect, test } from 'vitest'
import { money } from './format.ts'
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

test('A failure without a text of ours is told in the server’s words, or in general ones', () => {
  const known = failureOf(409, { code: 'payments.closed', title: 'server words' })
  expect(problemText(known, problemTexts, 'ru')).toBe('Этот платёж закрыт. Начните новый.')
  expect(
    problemText(failureOf(409, { code: 'x.new', title: 'Server words' }), problemTexts, 'ru'),
  ).toBe('Server words')
  expect(problemText(failureOf(500, { code: 'x.new' }), problemTexts, 'en')).toBe(
    'Something broke on our side. Try again later.',
  )
})

test('Everything that is said in English is said in Russian, in Russian', () => {
  expect(plainTexts(texts.ru).map(([path]) => path)).toEqual(
    plainTexts(texts.en).map(([path]) => path),
  )
  for (const [path, text] of plainTexts(texts.en)) expect(text, path).not.toMatch(CYRILLIC)
  for (const [path, text] of plainTexts(texts.ru)) expect(text, path).toMatch(CYRILLIC)
})

test.each([
  'invites.expired',
  'invites.not_active',
  'invites.own_code',
  'invites.already_member',
  'invites.guests_not_invited',
  'groups.full',
  'groups.too_many',
  'limits.too_many_tries',
])('A link that is refused by %s says why in both languages', (refusal) => {
  for (const { visit } of [texts.en, texts.ru]) expect(visit.reasons[refusal]).toMatch(/.{10,}\.$/)
})

test('Money is written as people write it, to the last unit', () => {
  const spaced = (text: string) => text.replaceAll(/\s/g, ' ')
  expect(spaced(money('en', '50', 'XTR'))).toBe('50 ★')
  expect(spaced(money('en', '19900', 'RUB'))).toBe('199 ₽')
  expect(spaced(money('ru', '19950', 'RUB'))).toBe('199,50 ₽')
  expect(spaced(money('en', '5', 'RUB'))).toBe('0.05 ₽')
  expect(money('en', '990', 'USD')).toBe('$9.90')
  expect(money('en', '90071992547409931', 'USD')).toBe('$900,719,925,474,099.31')
})

test('Numbers keep every digit, and changes their sign', () => {
  expect(number('en', '9007199254740993')).toBe('9,007,199,254,740,993')
  expect(signed('en', '100')).toBe('+100')
  expect(signed('en', '-100')).toBe('-100')
})

test('Russian counts credits by its own rules', () => {
  const units = (digits: string) => texts.ru.units(digits, 'credits')
  expect([units('1'), units('3'), units('11'), units('100')]).toEqual([
    '1 кредит',
    '3 кредита',
    '11 кредитов',
    '100 кредитов',
  ])
  expect([texts.en.units('1', 'credits'), texts.en.units('2', 'credits')]).toEqual([
    '1 credit',
    '2 credits',
  ])
})

test('The language follows the code, and is English where we do not speak it', () => {
  expect(['ru', 'ru-RU', 'RU', 'en-GB', 'de', ''].map(languageOf)).toEqual([
    'ru',
    'ru',
    'ru',
    'en',
    'en',
    'en',
  ])
})
