import { describe, expect, test } from 'vitest'
import {
  checkClock,
  checkDefaultExports,
  checkEnvironment,
  checkEscapes,
  checkThrownErrors,
  checkTodo,
} from './checks/bans.ts'
import {
  checkDependenciesPage,
  checkEnvironmentFile,
  checkErrorPage,
  checkEventPage,
  checkExportsPage,
  checkLinks,
} from './checks/docs-parity.ts'
import { checkEdges, checkPackageBorders, countEdges } from './checks/edges.ts'
import {
  checkBannedNames,
  checkFeatureIndexes,
  checkFileNames,
  checkSchemaNames,
  checkTestNames,
} from './checks/names.ts'
import {
  checkLockFile,
  checkMachinePaths,
  checkMigrationFiles,
  checkMigrationOrder,
} from './checks/repository.ts'
import { checkSizes, sizeReport } from './checks/sizes.ts'
import { type Check, readTree, show, sourcesIn, type TreeFile } from './tree.ts'

/** Below these the checker would be looking at nothing and calling it tidy. */
const FILES_MIN = 150
const CORE_FILES_MIN = 80
const CORE_IMPORTS_MIN = 250

interface Rule {
  readonly name: string
  readonly check: Check
  /** Trees that must each be refused. */
  readonly bad: Readonly<Record<string, readonly TreeFile[]>>
  /** Trees that must pass. */
  readonly good?: Readonly<Record<string, readonly TreeFile[]>>
}

const file = (path: string, text: string): TreeFile => ({ path, text })
const one = (path: string, text = ''): readonly TreeFile[] => [file(path, text)]
const inFeature = (path: string, text: string): readonly TreeFile[] =>
  one(`core/src/features/${path}`, text)

const rules: readonly Rule[] = [
  {
    name: 'imports in core go downward, features meet by their indexes and by types',
    check: checkEdges,
    bad: {
      'kernel to platform': one(
        'core/src/kernel/a.ts',
        "import { b } from '../platform/log/index.ts'",
      ),
      'kernel to the disk': one('core/src/kernel/a.ts', "import { readFileSync } from 'node:fs'"),
      'platform to a feature': one(
        'core/src/platform/http/a.ts',
        "import type { User } from '../../features/users/index.ts'",
      ),
      'a value of a lower feature': inFeature(
        'payments/payments.service.ts',
        "import { balanceOf } from '../balance/index.ts'",
      ),
      'a type of a higher feature': inFeature(
        'balance/balance.ts',
        "import type { Payment } from '../payments/index.ts'",
      ),
      'a type of a feature beside it': inFeature(
        'balance/balance.ts',
        "import type { Group } from '../groups/index.ts'",
      ),
      'the inside of a feature': inFeature(
        'payments/payments.service.ts',
        "import type { User } from '../users/user.ts'",
      ),
      'a noun to the platform': inFeature(
        'users/user.ts',
        "import { BaseRepository } from '../../platform/database/index.ts'",
      ),
      'a service to HTTP': inFeature(
        'users/users.service.ts',
        "import { problem } from '../../platform/http/index.ts'",
      ),
      'a feature to the composition root': inFeature(
        'users/users.service.ts',
        "import type { CoreServices } from '../../services.ts'",
      ),
      'a library outside its adapter': inFeature(
        'users/users.service.ts',
        "import { Bot } from 'grammy'",
      ),
      'the same, loaded late': inFeature(
        'users/users.service.ts',
        "  const { Bot } = await import('grammy')",
      ),
      'SQL in a service': inFeature('users/users.service.ts', "import { eq } from 'drizzle-orm'"),
      'a multi-line import': inFeature(
        'payments/payments.service.ts',
        "import {\n  a,\n  type B,\n} from '../balance/index.ts'",
      ),
      'testing in production code': one(
        'core/src/services.ts',
        "import { people } from './testing/people.ts'",
      ),
    },
    good: {
      'types downward': inFeature(
        'payments/payments.scope.ts',
        "import type { Users } from '../users/index.ts'\nimport { Money } from '../../kernel/index.ts'",
      ),
      'inline types downward': inFeature(
        'payments/payments.scope.ts',
        "import { type A, type B } from '../users/index.ts'",
      ),
    },
  },
  {
    name: 'packages meet by their exports, and core knows no app',
    check: checkPackageBorders,
    bad: {
      'an app in core': one('core/src/index.ts', "import { shop } from '@gramkit/shop'"),
      'the sandbox in core': one('core/src/bot.ts', "import { sandbox } from '@gramkit/sandbox'"),
      'a path into another package': one(
        'apps/shop/backend/src/a.ts',
        "import { b } from '../../../../core/src/index.ts'",
      ),
    },
    good: {
      'a tool in a test': one('core/src/a.db.test.ts', "import { b } from '@gramkit/services'"),
    },
  },
  {
    name: 'file names say what is inside',
    check: checkFileNames,
    bad: {
      'a drawer': one('core/src/platform/http/http-utils.ts'),
      'an unknown role': one('core/src/features/users/users.controller.ts'),
      'camel case': one('core/src/kernel/moneyRange.ts'),
      'a folder in camel case': one('core/src/features/payLater/a.ts'),
    },
    good: { 'a database test of HTTP': one('core/src/features/users/users.http.db.test.ts') },
  },
  {
    name: 'nothing is called manager, helper or util',
    check: checkBannedNames,
    bad: { 'a manager': one('core/src/a.ts', 'export class SessionManager {}') },
  },
  {
    name: 'each feature has an index',
    check: checkFeatureIndexes,
    bad: { 'no index': one('core/src/features/users/user.ts') },
  },
  {
    name: 'each test has a name that a project runs',
    check: checkTestNames,
    bad: { 'a lost test': one('core/src/kernel/money-tests.ts', "test('adds', () => {})") },
  },
  {
    name: 'only the configuration reads the environment',
    check: checkEnvironment,
    bad: { 'a service': one('core/src/features/a/a.service.ts', "const a = process.env['A']") },
    good: { 'in prose': one('core/src/a.ts', '// process.env is read elsewhere') },
  },
  {
    name: 'features take the time from a clock',
    check: checkClock,
    bad: {
      'now()': one('core/src/features/a/a.service.ts', 'const now = Date.now()'),
      'new Date()': one('apps/shop/backend/src/orders/order.ts', 'const now = new Date()'),
    },
    good: { 'a given instant': one('core/src/features/a/a.ts', 'const then = new Date(at)') },
  },
  {
    name: 'features throw typed errors',
    check: checkThrownErrors,
    bad: { 'a bare error': one('core/src/features/a/a.service.ts', "throw new Error('no')") },
  },
  {
    name: 'exports have names',
    check: checkDefaultExports,
    bad: { 'a default export': one('core/src/a.ts', 'export default class A {}') },
    good: { 'a config file': one('core/drizzle.config.ts', 'export default {}') },
  },
  {
    name: 'nothing is left for later in the code',
    check: checkTodo,
    bad: { 'a note': one('core/src/a.ts', '// TODO tidy this') },
  },
  {
    name: 'types are not cast and tests not skipped',
    check: checkEscapes,
    bad: {
      'a cast': one('core/src/features/a/a.ts', 'const a = b as Payment'),
      'a double cast': one('core/src/features/a/a.ts', 'const a = b() as unknown as Payment'),
      'an ignored error': one('core/src/a.ts', 'call() // @ts-ignore'),
      'a skipped test': one('core/src/a.test.ts', "test.skip('a', () => {})"),
    },
    good: {
      'a constant': one('core/src/features/a/a.ts', 'const a = [1] as const'),
      'a renamed import': one('core/src/features/a/a.ts', "import { a as B } from './b.ts'"),
      'a word in a text': one('core/src/features/a/a.ts', "const a = 'such as Berlin'"),
    },
  },
  {
    name: 'the page of errors lists the error codes, both ways',
    check: checkErrorPage,
    bad: {
      'no page': one('core/src/features/a/a.errors.ts', "  readonly code = 'a.lost'"),
      'an unlisted code': [
        file('core/src/features/a/a.errors.ts', "  readonly code = 'a.lost'"),
        file('docs/reference/errors.md', '| `a.other` | 404 |'),
      ],
    },
  },
  {
    name: 'the page of events lists the events, both ways',
    check: checkEventPage,
    bad: {
      'an unlisted event': [
        file('core/src/features/a/a.events.ts', "defineEvent('a.done', {})"),
        file('docs/reference/events.md', '# Events'),
      ],
      'a listed event that is gone': one('docs/reference/events.md', '| `a.done` | 1 |'),
    },
  },
  {
    name: '.env.example lists the variables, both ways',
    check: checkEnvironmentFile,
    bad: {
      'an unlisted variable': [
        file('core/src/platform/config/variables.ts', '  GRAMKIT_HOST: z.string(),'),
        file('.env.example', '# PORT=8080'),
      ],
    },
  },
  {
    name: 'the page of exports lists the subpaths of core, both ways',
    check: checkExportsPage,
    bad: {
      'an unlisted subpath': [
        file('core/package.json', '    "./balance": {'),
        file('docs/reference/exports.md', '| `@gramkit/core` | all |'),
      ],
    },
  },
  {
    name: 'the page of dependencies lists the catalog, both ways',
    check: checkDependenciesPage,
    bad: {
      'an unlisted package': [
        file('pnpm-workspace.yaml', "  '@a/b': 1.0.0"),
        file('docs/explanation/dependencies.md', '# Dependencies'),
      ],
      'a package that is gone': [
        file('pnpm-workspace.yaml', '  pg: 1.0.0'),
        file('docs/explanation/dependencies.md', '| `pg` | x |\n| `postgres` | x |'),
      ],
    },
  },
  {
    name: 'links of pages lead somewhere',
    check: checkLinks,
    bad: { 'a dead link': one('docs/index.md', '[here](./gone.md)') },
    good: {
      'a page beside it': [
        file('docs/a.md', '[b](./b) [c](https://c.example)'),
        file('docs/b.md', ''),
      ],
    },
  },
  {
    name: 'schemas of OpenAPI documents have names of their own',
    check: checkSchemaNames,
    bad: {
      'two of one name': [
        file('apps/a/backend/src/a.http.ts', "const a = z.object({}).meta({ id: 'A' })"),
        file('core/src/features/b/b.http.ts', "const b = z.object({}).meta({ id: 'A' })"),
      ],
    },
  },
  {
    name: 'the lock file holds no address',
    check: checkLockFile,
    bad: { 'a tarball': one('pnpm-lock.yaml', 'tarball: https://registry.example/a.tgz') },
  },
  {
    name: 'no file holds a path of one machine',
    check: checkMachinePaths,
    bad: { 'a home': one('docs/a.md', 'Run it in /home/ada/gramkit.') },
  },
  {
    name: 'migrations are in the order of time',
    check: checkMigrationOrder,
    bad: {
      'two of one instant': one('core/migrations/meta/_journal.json', '"when": 5, "when": 5'),
    },
  },
  {
    name: 'migrations and their journal agree',
    check: checkMigrationFiles,
    bad: {
      'no file': one('core/migrations/meta/_journal.json', '"tag": "0000_tables"'),
      'no entry': [
        file('core/migrations/meta/_journal.json', ''),
        file('core/migrations/0000_tables.sql', ''),
      ],
    },
  },
  {
    name: 'no file grows for ever',
    check: checkSizes,
    bad: { 'a long one': one('core/src/a.ts', 'const a = 1\n'.repeat(501)) },
  },
]

const tree = readTree()

test('the checker sees the project', () => {
  const core = countEdges(tree)
  process.stdout.write(
    `tidy: ${tree.length} files, ${core.files} of core with ${core.imports} imports\n` +
      `${sizeReport(tree)}\n`,
  )
  expect(sourcesIn(tree).length).toBeGreaterThan(FILES_MIN)
  expect(core.files).toBeGreaterThan(CORE_FILES_MIN)
  expect(core.imports).toBeGreaterThan(CORE_IMPORTS_MIN)
})

describe.each(rules)('$name', ({ check, bad, good }) => {
  test('holds in this tree', () => {
    expect(check(tree).map(show)).toEqual([])
  })

  test.each(Object.entries(bad))('refuses %s', (_, sample) => {
    expect(check(sample)).not.toEqual([])
  })

  if (good !== undefined) {
    test.each(Object.entries(good))('passes %s', (_, sample) => {
      expect(check(sample)).toEqual([])
    })
  }
})
