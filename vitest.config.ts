import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const postgresSetup = './tooling/services/src/vitest-global-setup.ts'
const redisSetup = './tooling/services/src/vitest-redis-setup.ts'

const everywhere = ['core', 'apps', 'tooling']
const files = (suffix: string): string[] => everywhere.map((folder) => `${folder}/**/*${suffix}`)

const neverTests = ['**/node_modules/**', '**/dist/**']
const withService = ['**/*.{db,redis,browser,proof}.test.ts']

/**
 * Stories of a whole app. The older PostgreSQL need not hear them again in each run: other files
 * send it the same statements. CI runs them on it by themselves.
 */
const stories = [
  'email-logins',
  'forgeries',
  'invoice-payments',
  'misfortunes',
  'mutations',
  'notifications/ending-notices',
  'outages',
  'payment-states',
  'plan-pauses-and-gifts',
  'plan-renewals',
  'plans',
  'receipts',
  'refund-edges',
  'report-orders',
  'secrets',
  'stripe',
  'subscriptions',
  'taking-back',
  'two-shops',
]
  .map((name) => `apps/shop/backend/src/${name}.db.test.ts`)
  .concat('apps/billing/**/*.db.test.ts', 'apps/launchpad/backend/src/gateway/gateway.db.test.ts')
  // It builds the package where the package is built: two at once would pack half-written files.
  .concat('core/src/package.db.test.ts')

/** Workspace packages resolve to their sources, in what Vite transforms and in what Node loads. */
const conditions = ['gramkit-source', 'node', 'default']

const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
} as const

/** A condition that is waited for may be late on a machine that others use too; a second is not. */
const expected = { poll: { timeout: 10_000 } } as const

export default defineConfig({
  ...shared,
  test: {
    pool: 'forks',
    // A process loads the kit once for all its files, a third of the time of a run. So nothing that a
    // test file leaves behind may reach the next: what it opens it closes, what it sets it puts back.
    isolate: false,
    maxWorkers: Math.max(2, Math.min(8, availableParallelism())),
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          expect: expected,
          include: files('.test.ts'),
          exclude: [...neverTests, ...withService, 'tooling/tidy/**'],
          testTimeout: 30_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'tidy',
          expect: expected,
          include: ['tooling/tidy/src/**/*.test.ts'],
          exclude: neverTests,
          testTimeout: 60_000,
        },
      },
      ...([18, 15] as const).map((version) => ({
        ...shared,
        test: {
          name: version === 18 ? 'db' : 'db15',
          expect: expected,
          include: files('.db.test.ts'),
          exclude: version === 15 ? [...neverTests, ...stories] : neverTests,
          globalSetup: postgresSetup,
          env: { GRAMKIT_TEST_PG: String(version) },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      })),
      {
        ...shared,
        test: {
          name: 'redis',
          expect: expected,
          include: files('.redis.test.ts'),
          exclude: neverTests,
          globalSetup: [postgresSetup, redisSetup],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'proof',
          expect: expected,
          include: files('.proof.test.ts'),
          exclude: neverTests,
          globalSetup: postgresSetup,
          // Each starts a whole app, so one at a time, and after the others.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'browser',
          expect: expected,
          include: files('.browser.test.ts'),
          exclude: neverTests,
          globalSetup: postgresSetup,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
