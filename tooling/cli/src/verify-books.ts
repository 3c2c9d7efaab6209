import type { CoreServices } from '@gramkit/core'
import { type Finding, ok, problem } from './findings.ts'
import { counted } from './screen.ts'

/** Most differences that a screen shows. */
const SHOWN_MAX = 20

const LOOK =
  'somebody has written past the kit: compare with a backup, correct by transfers, never by hand'

/** Proves the ledger, the chain of the audit and the journal of each tenant of billing. */
export async function verifyBooks(
  core: Pick<CoreServices, 'balance' | 'audit' | 'billing'>,
): Promise<Finding[]> {
  const ledger = await core.balance.verify()
  const size = `${counted(ledger.transfers, 'transfer')} on ${counted(ledger.accounts, 'account')}`
  const audit = await core.audit.verify()
  const entries = counted(audit.entries, 'entry', 'entries')
  const waiting = audit.unsealed.length > 0 ? `, ${audit.unsealed.length} wait for their seal` : ''
  return [
    ...(ledger.ok
      ? [ok(`The ledger adds up: ${size}`)]
      : [
          problem(
            `The ledger has ${counted(ledger.differences.length, 'difference')} in ${size}`,
            LOOK,
          ),
        ]),
    ...ledger.differences
      .slice(0, SHOWN_MAX)
      .map(({ accountId, unit, actual, expected, ...one }) =>
        problem(
          `${unit}${accountId ? ` of account ${accountId}` : ''}: ${one.problem}`,
          `${actual} instead of ${expected}`,
        ),
      ),
    audit.ok
      ? ok(`The audit chain is whole: ${entries}${waiting}`)
      : problem(
          `The audit chain is broken at ${counted(audit.broken.length, 'link')} of ${entries}`,
          `look at ${audit.broken.slice(0, SHOWN_MAX).join(', ')}`,
        ),
    ...(await verifyJournals(core)),
  ]
}

async function verifyJournals({ billing }: Pick<CoreServices, 'billing'>): Promise<Finding[]> {
  const problems: Finding[] = []
  let [tenants, entries, cursor]: [number, number, string | undefined] = [0, 0, undefined]
  do {
    const page: Awaited<ReturnType<typeof billing.listTenants>> = await billing.listTenants({
      cursor,
    })
    for (const { id, code } of page.items) {
      const report = await billing.forTenant(id).revenue.verify()
      tenants += 1
      entries += report.entries
      problems.push(
        ...report.differences
          .slice(0, SHOWN_MAX)
          .map(({ problem: what, subject, actual, expected }) =>
            problem(
              `${code}, ${subject}: ${what}`,
              `${actual ?? '?'} instead of ${expected ?? '?'}`,
            ),
          ),
      )
    }
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  const size = `${counted(entries, 'entry', 'entries')} of ${counted(tenants, 'tenant')}`
  return problems.length > 0 ? problems : [ok(`The journals of billing add up: ${size}`)]
}
