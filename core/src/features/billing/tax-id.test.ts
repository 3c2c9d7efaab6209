import { describe, expect, test } from 'vitest'
import { readTaxId } from './tax-id.ts'

/** Numbers that tax offices or companies have published. */
const VALID = [
  ['AT', 'ATU13585627'],
  ['BE', 'BE0428759497'],
  ['BG', 'BG175074752'],
  ['CY', 'CY10259033P'],
  ['CZ', 'CZ25123891'],
  ['DE', 'DE136695976'],
  ['DK', 'DK13585628'],
  ['EE', 'EE100931558'],
  ['ES', 'ESB64717838'],
  ['FI', 'FI20774740'],
  ['FR', 'FR40303265045'],
  ['GB', 'GB980780684'],
  ['GR', 'EL094259216'],
  ['HR', 'HR33392005961'],
  ['HU', 'HU12892312'],
  ['IE', 'IE6433435F'],
  ['IT', 'IT00743110157'],
  ['LT', 'LT119511515'],
  ['LU', 'LU15027442'],
  ['LV', 'LV40003521600'],
  ['MT', 'MT11679112'],
  ['NL', 'NL004495445B01'],
  ['PL', 'PL8567346215'],
  ['PT', 'PT501964843'],
  ['RO', 'RO18547290'],
  ['RU', '7707083893'],
  ['RU', '500100732259'],
  ['SE', 'SE556188840401'],
  ['SI', 'SI50223054'],
  ['SK', 'SK2022749619'],
] as const

describe('readTaxId', () => {
  test.each(VALID)('knows a number of %s: %s', (country, number) => {
    expect(readTaxId(country, number)).toBe(number)
    expect(readTaxId(country, ` ${number.toLowerCase().replace(/(..)/g, '$1 ')}.`)).toBe(number)
  })

  test.each(VALID)('refuses other digits in a number of %s: %s', (country, number) => {
    const others = [...number.matchAll(/\d/g)].map(({ 0: digit, index }) => {
      const other = String((Number(digit) + 1) % 10)
      return `${number.slice(0, index)}${other}${number.slice(index + 1)}`
    })
    const read = others.filter((other) => readTaxId(country, other) !== undefined)
    // Some numbers end in digits without a check, such as B01.
    expect(read.length).toBeLessThanOrEqual(2)
  })

  test.each(VALID)('refuses a number of %s in another country: %s', (country, number) => {
    expect(readTaxId(country === 'DE' ? 'FR' : 'DE', number)).toBeUndefined()
  })

  test('adds the letters of the country, those of the language in Greece', () => {
    expect(readTaxId('DE', '136695976')).toBe('DE136695976')
    expect(readTaxId('GR', '094259216')).toBe('EL094259216')
  })

  test('looks only at the characters where it knows no rule', () => {
    expect(readTaxId('US', '12-3456789')).toBe('123456789')
    expect(readTaxId('US', '<script>')).toBeUndefined()
    expect(readTaxId('US', '1'.repeat(21))).toBeUndefined()
    expect(readTaxId('US', '')).toBeUndefined()
  })
})
