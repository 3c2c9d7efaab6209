import type { Clock } from '../../kernel/index.ts'
import type { PersonPart, PersonRows } from '../../platform/people/index.ts'
import { userDeparture } from './accounts/departure.table.ts'
import { userExport } from './accounts/export.table.ts'
import { userLoginLink } from './login-links/login-link.table.ts'
import { userSession } from './sessions/session.table.ts'
import { userAccount } from './user.table.ts'
import type { UsersRepository } from './users.repository.ts'

/** Who somebody is and their logins: a merged guest and an erased person have neither. */
export const usersPart: PersonPart<{
  readonly clock: Clock
  readonly repos: { readonly users: UsersRepository; readonly personRows: PersonRows }
}> = {
  name: 'users',
  tables: [userAccount, userDeparture, userExport, userLoginLink, userSession],
  async merge({ clock, repos }, { guestId, userId, round }) {
    if (round === 0) await repos.users.adopt(guestId, userId, clock.now())
    await repos.personRows.remove(userSession.userId, guestId)
    await repos.personRows.remove(userExport.userId, guestId)
    await forgetLoginLinks(repos, guestId)
    await repos.users.depart(guestId, clock.now())
  },
  async export({ repos }, userId) {
    const [account] = await repos.personRows.read(userAccount.id, userId, {
      without: ['deviceKeyHash', 'departedAt'],
    })
    const sessions = await repos.personRows.read(userSession.userId, userId, {
      without: ['tokenHash'],
    })
    const guests = await repos.personRows.read(userDeparture.successorId, userId, {
      without: ['rounds', 'nextRoundAt'],
    })
    const loginLinks = await repos.personRows.read(userLoginLink.confirmedBy, userId, {
      without: ['tokenHash', 'pollHash'],
    })
    return { account, sessions, guests, loginLinks }
  },
  async erase({ clock, repos }, userId) {
    await repos.personRows.remove(userSession.userId, userId)
    await repos.personRows.remove(userExport.userId, userId)
    await forgetLoginLinks(repos, userId)
    await repos.users.depart(userId, clock.now())
  },
}

/** Login links live for minutes, so they are removed rather than moved. */
async function forgetLoginLinks(
  { personRows }: { readonly personRows: PersonRows },
  userId: string,
): Promise<void> {
  await personRows.remove(userLoginLink.userId, userId)
  await personRows.remove(userLoginLink.confirmedBy, userId)
}
