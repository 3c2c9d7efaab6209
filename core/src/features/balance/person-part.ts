import { deriveId, isAppError } from '../../kernel/index.ts'
import type { PersonMerge, PersonPart, PersonRows } from '../../platform/people/index.ts'
import type { BalanceRepository } from './balance.repository.ts'
import type { BalanceService } from './balance.service.ts'
import { balanceAccount, balanceTransfer } from './balance.table.ts'
import type { Balance, TransferRequest } from './balance.ts'
import { balanceHold } from './holds/hold.table.ts'
import { balanceRefill } from './refills/refill.table.ts'
import type { ResourceCatalog } from './refills/resource.ts'
import { balanceSnapshot } from './snapshots/snapshot.table.ts'
import { balanceVerification } from './verification/verification.table.ts'

/** Somebody else may spend between a look and the transfer; then there is another look. */
const LOOKS_MAX = 5

interface BalancePartScope {
  readonly resources: ResourceCatalog
  readonly balance: Pick<BalanceService, 'postMany'>
  readonly repos: {
    readonly balance: Pick<BalanceRepository, 'listBalances' | 'sumGiven'>
    readonly personRows: PersonRows
  }
}

/**
 * What people have. A merge moves what the guest can spend; what is held stays until its hold ends,
 * and a debt is paid out of what the user has, at the merge or at a later look. What refills brought
 * moves up to the cap, as one person can be a thousand guests. The ledger itself is never changed, and
 * stays when a person is erased.
 */
export const balancePart: PersonPart<BalancePartScope> = {
  name: 'balance',
  tables: [
    ...[balanceAccount, balanceHold, balanceRefill, balanceTransfer],
    ...[balanceSnapshot, balanceVerification],
  ],
  async merge(tx, merge) {
    const { guestId } = merge
    for (const { unit } of await tx.repos.balance.listBalances(guestId)) {
      await moveUnit(tx, merge, unit)
    }
  },
  async isWaiting({ repos }, guestId) {
    const accounts = await repos.balance.listBalances(guestId)
    return accounts.some(({ amount, held }) => amount !== 0n || held !== 0n)
  },
  async export({ repos }, userId) {
    const accounts = await repos.personRows.read(balanceAccount.userId, userId)
    const ids = accounts.map(({ id }) => String(id))
    return {
      accounts,
      received: await repos.personRows.read(balanceTransfer.targetAccountId, ids),
      given: await repos.personRows.read(balanceTransfer.sourceAccountId, ids),
      holds: await repos.personRows.read(balanceHold.userId, userId),
    }
  },
  erase: async () => {},
}

async function moveUnit(tx: BalancePartScope, merge: PersonMerge, unit: string): Promise<void> {
  for (let look = 1; look <= LOOKS_MAX; look++) {
    const guestHas = spare(await accountOf(tx, merge.guestId, unit))
    const userAccount = await accountOf(tx, merge.userId, unit)
    const surplus = await surplusOf(tx, merge, {
      unit,
      guestHas,
      userHas: userAccount?.amount ?? 0n,
    })
    const transfers = [
      nextTransfer(merge, unit, guestHas - surplus, spare(userAccount)),
      surplus > 0n ? surplusTransfer(merge, unit, surplus) : undefined,
    ].filter((transfer) => transfer !== undefined)
    if (transfers.length === 0) return
    try {
      await tx.balance.postMany(transfers)
      return
    } catch (error) {
      if (!isAppError(error) || error.code !== 'balance.insufficient_funds') throw error
    }
  }
}

/** What makes a guest's account empty: its own to the user, or the user's for its debt. */
function nextTransfer(
  { guestId, userId, round }: PersonMerge,
  unit: string,
  guestHas: bigint,
  userHas: bigint,
): TransferRequest | undefined {
  const debt = -guestHas
  const [source, target, amount] =
    guestHas > 0n ? [guestId, userId, guestHas] : [userId, guestId, debt < userHas ? debt : userHas]
  if (amount <= 0n) return undefined
  return {
    // Each round has its own id: what came later is another transfer.
    id: deriveId(guestId, ['merged', unit, round].join(':')),
    source: { userId: source },
    target: { userId: target },
    unit,
    amount,
    reason: 'user.merged',
    reference: guestId,
  }
}

/**
 * What refills brought a guest beyond the room under the user's cap. What the guest has spent is taken
 * for spent out of refills first, so that nothing bought or given is ever lost.
 */
async function surplusOf(
  { resources, repos }: BalancePartScope,
  { guestId }: PersonMerge,
  of: { readonly unit: string; readonly guestHas: bigint; readonly userHas: bigint },
): Promise<bigint> {
  const resource = resources.find(of.unit)
  if (!resource || of.guestHas <= 0n) return 0n
  const refilled = of.guestHas - (await repos.balance.sumGiven(guestId, of.unit))
  const room = resource.refill.cap - of.userHas
  const surplus = refilled - (room > 0n ? room : 0n)
  return surplus > 0n ? surplus : 0n
}

function surplusTransfer(
  { guestId, round }: PersonMerge,
  unit: string,
  amount: bigint,
): TransferRequest {
  return {
    id: deriveId(guestId, ['surplus', unit, round].join(':')),
    source: { userId: guestId },
    target: { system: 'issuance' },
    unit,
    amount,
    reason: 'user.merged',
    reference: guestId,
  }
}

async function accountOf(
  { repos }: BalancePartScope,
  userId: string,
  unit: string,
): Promise<Balance | undefined> {
  const accounts = await repos.balance.listBalances(userId)
  return accounts.find((account) => account.unit === unit)
}

/** What can be taken from an account without its credit line; negative when it owes. */
function spare(account: Balance | undefined): bigint {
  if (!account) return 0n
  const { amount, held, floor } = account
  return amount - held - (floor > 0n ? floor : 0n)
}
