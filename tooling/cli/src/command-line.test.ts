import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { COMMANDS } from './commands.ts'
import { gramkit } from './testing/gramkit.ts'

const nothing = {}
const unreachable = {
  GRAMKIT_OWNER_DATABASE_URL: 'postgres://owner:hunter2-secret@127.0.0.1:1/none',
}

test.each([[[]], [['--help']], [['help']]])('lists all commands for %j', async (words) => {
  const { code, said, told } = await gramkit(nothing, ...words)
  expect({ code, told }).toEqual({ code: 0, told: '' })
  for (const { name } of COMMANDS) expect(said).toContain(`  ${name}`)
})

test.each(COMMANDS.map(({ name }) => name))(
  '%s --help tells of it and does nothing',
  async (name) => {
    const { code, said, told } = await gramkit(nothing, ...name.split(' '), '--help')
    expect({ code, told }).toEqual({ code: 0, told: '' })
    expect(said).toContain(`Usage: gramkit ${name}`)
  },
)

test('a family of commands has a help of its own', async () => {
  const { code, said } = await gramkit(nothing, 'jobs', '--help')
  expect(code).toBe(0)
  expect(said).toContain('Usage: gramkit jobs <command> [options]')
  expect(said).toContain('  retry <id>   Puts a dead job back')
})

test.each([
  [['fly'], 'There is no command "fly".'],
  [['--fast'], 'There is no option "--fast".'],
  [['migrate', '--fast'], 'There is no option --fast.'],
  [['migrate', '-s'], 'There is no option -s.'],
  [['migrate', '--status=yes'], 'The option --status takes no value.'],
  [['migrate', '--app'], 'The option --app needs a value: --app <module>.'],
  [['migrate', 'now'], '"now" is one word too many.'],
  [['jobs'], 'gramkit jobs needs one more word.'],
  [['jobs', 'fly'], 'gramkit jobs has no "fly".'],
  [['backup'], '<folder> is missing.'],
  [['backup', 'a', 'b'], '"b" is one word too many.'],
  [['backup', 'a'], 'GRAMKIT_OWNER_DATABASE_URL is missing; it should be '],
  [['reconcile'], 'name the app with --app'],
  [['migrate', '--env-file', 'no-such-file'], 'no-such-file cannot be read'],
])('%j is wrong usage: %s', async (words, message) => {
  const { code, said, told } = await gramkit(nothing, ...words)
  expect({ code, said }).toEqual({ code: 2, said: '' })
  expect(told).toContain(message)
})

test('a database that is away is a problem in one line, without the password', async () => {
  const { code, told } = await gramkit(unreachable, 'migrate')
  expect(code).toBe(1)
  expect(told).toContain('ECONNREFUSED')
  expect(told).not.toContain('hunter2')
  expect(told).not.toContain('    at ')
})

test('an address that is none is wrong usage, and is not repeated', async () => {
  const { code, told } = await gramkit({ GRAMKIT_OWNER_DATABASE_URL: 'hunter2' }, 'migrate')
  expect(code).toBe(2)
  expect(told).not.toContain('hunter2')
})

test.each(['@gramkit/no-such-app', './no-such-app.ts'])('%s is no app', async (app) => {
  const { code, told } = await gramkit(unreachable, 'migrate', '--app', app)
  expect(code).toBe(1)
  expect(told).toContain(`The app ${app} cannot be loaded`)
})

test('a module that exports no app is named', async () => {
  const { code, told } = await gramkit(unreachable, 'migrate', '--app', '@gramkit/core')
  expect({ code, told }).toEqual({ code: 1, told: '✗ @gramkit/core exports no gramkitApp.' })
})

test('a file of variables is read, and those that are set win', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gramkit-cli-'))
  const file = join(folder, 'variables')
  writeFileSync(file, 'GRAMKIT_OWNER_DATABASE_URL="no address"\n')
  expect(await gramkit(nothing, 'migrate', '--env-file', file)).toMatchObject({ code: 2 })
  expect(await gramkit(unreachable, 'migrate', '--env-file', file)).toMatchObject({ code: 1 })
  rmSync(folder, { recursive: true })
})
