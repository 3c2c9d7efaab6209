import type { CoreServices } from '@gramkit/core'
import { counted, mark } from './screen.ts'

/** Most differences that a screen shows. */
const SHOWN_MAX = 20

/** Proves the ledger and the chain of the audit, says what was found, and whether all is well. */
export async function verifyBooks(
  core: Pick<CoreServices, 'balance' | 'audit'>,
  say: (line: string) => void,
): Promise<boolean> {
  const ledger = await core.balance.verify()
  const size = `${counted(ledger.transfers, 'transfer')} on ${counted(ledger.accounts, 'account')}`
  say(
    ledger.ok
      ? `${mark('ok')} The ledger adds up: ${size}`
      : `${mark('problem')} The ledger has ${counted(ledger.differences.length, 'difference')} in ${size}`,
  )
  for (const one of ledger.differences.slice(0, SHOWN_MAX)) {
    const account = one.accountId ? `account ${one.accountId}, ` : ''
    say(`    ${account}${one.unit}: ${one.problem}, ${one.actual} instead of ${one.expected}`)
  }
  const audit = await core.audit.verify()
  const entries = counted(audit.entries, 'entry', 'entries')
  const waiting = audit.unsealed.length > 0 ? `, ${audit.unsealed.length} wait for their seal` : ''
  say(
    audit.ok
      ? `${mark('ok')} The audit chain is whole: ${entries}${waiting}`
      : `${mark('problem')} The audit chain is broken at ${counted(audit.broken.length, 'link')} of ${entries}`,
  )
  for (const id of audit.broken.slice(0, SHOWN_MAX)) say(`    entry ${id}`)
  return ledger.ok && audit.ok
}
