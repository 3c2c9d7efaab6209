import { expect, test } from 'vitest'
import { csvLine } from './csv.ts'

test.each([
  ['plain cells as they are', ['a', 1, 2n, null, '-12.50'], 'a,1,2,,-12.50'],
  ['a comma in quotes', ['a,b'], '"a,b"'],
  ['quotes twice', ['say "hi"'], '"say ""hi"""'],
  ['line ends in quotes', ['one\r\ntwo', 'one\ntwo'], '"one\r\ntwo","one\ntwo"'],
  ['a formula as text', ['=1+1', '@SUM(A1)', '+1 (5)', '-2+3'], "'=1+1,'@SUM(A1),'+1 (5),'-2+3"],
  ['a formula behind spaces as text', [' =1', '\t=1', '\r=1'], `' =1,'\t=1,"'\r=1"`],
  ['a wide sign of a formula as text', ['＝1+1'], "'＝1+1"],
  ['a formula with a comma in quotes too', ['=A(1,2)'], `"'=A(1,2)"`],
] as const)('a line holds %s', (_case, cells, line) => {
  expect(csvLine(cells)).toBe(`${line}\r\n`)
})
