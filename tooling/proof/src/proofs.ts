/** Tests with full numbers under one name. */
export interface NamedProof {
  readonly name: string
  readonly what: string
  /** Vitest projects that run them. */
  readonly projects: readonly string[]
  /** Their files, or parts of their paths. */
  readonly files: readonly string[]
}

const reliability = (name: string, what: string): NamedProof => ({
  name,
  what,
  projects: ['proof'],
  files: ['-', '.proof'].map((end) => `tooling/proof/src/reliability/${name.toLowerCase()}${end}`),
})

/** Everything that `pnpm proof` runs with its full numbers, besides the keys. */
export const PROOFS: readonly NamedProof[] = [
  reliability('R1', 'deliveries, duplicated and shuffled'),
  reliability('R2', 'processes killed'),
  reliability('R3', 'Redis stopped and emptied'),
  reliability('R4', 'PostgreSQL restarted'),
  reliability('R5', 'providers that lose answers, fail and are slow'),
  reliability('R6', 'parallel debits of one balance, parallel uses of one code'),
  reliability('broadcast', 'broadcasts, with workers killed and people who block the bot'),
  reliability('R7', 'poison updates'),
  reliability('guessing-codes', 'guesses at short codes of invitations'),
  reliability('guessing-logins', 'guesses at codes and passwords from all sides'),
  reliability('R8-ledger', 'the ledger against a simple model'),
  reliability('R8-payments', 'payments against a simple model'),
  {
    name: 'R8-pricing',
    what: 'exact numbers, prices, periods and prorations, at random and beside an oracle',
    projects: ['unit'],
    files: [
      'core/src/kernel/decimal',
      'core/src/features/billing/periods',
      'core/src/features/billing/pricing',
      'tooling/proof/src/naive-billing',
    ],
  },
  {
    name: 'R11',
    what: 'forged webhooks, changed reports, swapped shops, every order of reports',
    projects: ['db'],
    files: ['forgeries', 'mutations', 'two-shops', 'report-orders'].map(
      (name) => `apps/shop/backend/src/${name}.db`,
    ),
  },
  {
    name: 'R12',
    what: 'secrets in logs, answers, tables and pages',
    projects: ['db'],
    files: ['apps/shop/backend/src/secrets.db'],
  },
  reliability('precheckout', 'pre-checkout under load'),
  reliability('year', 'a year of subscriptions by card'),
  reliability('usage', 'usage told twice, in any order and late'),
  reliability('golden-year', 'a year of billing, every line beside an oracle and tables'),
  reliability('billing-runs', 'billing runs that are killed, and repeated'),
  reliability('launch', 'an invite-only launch that governs itself'),
  {
    name: 'clock',
    what: 'the arithmetic of subscriptions, at random',
    projects: ['unit'],
    files: ['core/src/features/subscriptions/clock'],
  },
  {
    name: 'identity',
    what: 'init data beside another library, journeys of streaks, start parameters, at random',
    projects: ['unit'],
    files: ['init-data-peer', 'streaks/streak', 'start-parameter'].map(
      (name) => `core/src/features/users/${name}.test`,
    ),
  },
  {
    name: 'R15',
    what: 'backup, wipe, restore',
    projects: ['db', 'db15'],
    files: ['tooling/cli/src/backup/restore'],
  },
  {
    name: 'outages',
    what: 'providers away for longer than they repeat themselves',
    projects: ['db'],
    files: ['apps/shop/backend/src/outages.db.test'],
  },
  {
    name: 'misfortunes',
    what: 'cancelling while a provider is away for a month, and other bad luck',
    projects: ['db'],
    files: ['apps/shop/backend/src/misfortunes.db.test'],
  },
  {
    name: 'database',
    what: 'the database driver under faults',
    projects: ['db', 'db15'],
    files: ['core/src/platform/database'],
  },
]
