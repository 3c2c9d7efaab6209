import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { helpOf, helpOfAll } from './command.ts'
import { COMMANDS } from './commands.ts'

const page = readFileSync(new URL('../../../docs/reference/cli.md', import.meta.url), 'utf8')

/** What the page shows under each heading, by heading. */
const shown = new Map(
  [...page.matchAll(/^## (.+)\n(?:(?!^## )[\s\S])*?^```text\n([\s\S]*?)\n```$/gm)].map(
    ([, title = '', help = '']) => [title, help],
  ),
)

test('the page of the command line shows the help of every command, and of no other', () => {
  expect([...shown.keys()]).toEqual(['gramkit', ...COMMANDS.map(({ name }) => `gramkit ${name}`)])
  expect(shown.get('gramkit')).toBe(helpOfAll(COMMANDS))
})

test.each(COMMANDS.map((command) => [command.name, command] as const))(
  'the page shows the help of %s as it is',
  (name, command) => {
    expect(shown.get(`gramkit ${name}`)).toBe(helpOf(command))
  },
)
