import { execFile, spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { testDatabase } from '@gramkit/services/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const core = fileURLToPath(new URL('..', import.meta.url))
const manifest: { dependencies: Record<string, string> } = JSON.parse(
  readFileSync(join(core, 'package.json'), 'utf8'),
)
const folder = mkdtempSync(join(tmpdir(), 'gramkit-package-'))
const database = await testDatabase()

/** A project that installed the packed core and its dependencies, and none of the optional peers. */
beforeAll(async () => {
  const execute = promisify(execFile)
  await execute('tsc', ['-p', 'tsconfig.build.json'], { cwd: core })
  const pack = ['pack', '--pack-destination', folder, '--json']
  const { stdout } = await execute('pnpm', pack, { cwd: core })
  const { filename }: { filename: string } = JSON.parse(stdout)
  await execute('tar', ['-xzf', filename, '-C', folder])
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@gramkit'), { recursive: true })
  cpSync(join(folder, 'package'), join(modules, '@gramkit/core'), { recursive: true })
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(core, 'node_modules', name), join(modules, name))
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', type: 'module' }))
}, 180_000)

afterAll(async () => {
  rmSync(folder, { recursive: true })
  await database.drop()
})

function run(name: string, code: string) {
  writeFileSync(join(folder, name), code)
  return spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', name], {
    cwd: folder,
    env: { PATH: process.env['PATH'], DATABASE_URL: database.appUrl },
    encoding: 'utf8',
    timeout: 20_000,
  })
}

/** The examples of a page that stand alone, in order: the others only show a part of one. */
function examplesOf(page: string): string[] {
  const found = readFileSync(join(core, page), 'utf8').matchAll(/```ts\n(.*?)```/gs)
  return [...found].flatMap(([, example]) => (example?.includes('import ') ? [example] : []))
}

test('the example of its README runs in an empty project', () => {
  const [example = ''] = examplesOf('README.md')
  expect(example).toContain('createPlatform')
  const { status, stdout, stderr } = run('example.ts', example)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toBe('Bob has 3n\n')
})

test('the examples of READMEs and guides hold for the compiler', () => {
  symlinkSync(join(core, 'node_modules/@types'), join(folder, 'node_modules/@types'))
  symlinkSync(join(core, 'node_modules/vitest'), join(folder, 'node_modules/vitest'))
  const guides = [
    'add-a-payment-gateway',
    'build-your-own-app',
    'compose-a-bot',
    'groups-and-friends',
    'invite-people',
    'replace-a-service',
    'sell-a-product',
    'store-invitations-elsewhere',
  ]
  const pages = ['README.md', '../README.md', ...guides.map((name) => `../docs/how-to/${name}.md`)]
  const files = pages.flatMap(examplesOf).map((example, index) => {
    const name = `example-${index}.ts`
    writeFileSync(join(folder, name), example)
    return name
  })
  const flags = '--noEmit --strict --module nodenext --target esnext --skipLibCheck --types node'
  const { status, stdout } = spawnSync('tsc', [...flags.split(' '), ...files], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
}, 60_000)

test('one subpath runs where none of the SDKs is installed', () => {
  const { status, stdout, stderr } = run(
    'subpath.ts',
    `import { BalanceService } from '@gramkit/core/balance'
     import { formatDecimal } from '@gramkit/core/kernel'
     console.log(typeof BalanceService, formatDecimal({ amount: 10050n, currency: 'RUB' }))
     const missing = await import('grammy').then(() => 'there', () => 'missing')
     console.log(missing)`,
  )
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toBe('function 100.50\nmissing\n')
})
