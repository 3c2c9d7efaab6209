import type { PersonPart, PersonRows } from '../../../platform/people/index.ts'
import { userPassword } from '../passwords/password.table.ts'
import { userEmail, userEmailCode } from './email.table.ts'
import type { EmailsRepository } from './emails.repository.ts'

/** How somebody logs in by e-mail. A guest who proved an address is none any more and not merged. */
export const emailPart: PersonPart<{
  readonly repos: { readonly emails: EmailsRepository; readonly personRows: PersonRows }
}> = {
  name: 'email',
  tables: [userEmail, userEmailCode, userPassword],
  merge: ({ repos }, { guestId }) => repos.personRows.remove(userEmailCode.userId, guestId),
  async export({ repos: { emails, personRows } }, userId) {
    const address = await emails.find(userId)
    const codes = await personRows.read(userEmailCode.userId, userId)
    const [password] = await personRows.read(userPassword.userId, userId, { without: ['hash'] })
    return { address: address ?? null, codes, password: password ?? null }
  },
  async erase({ repos: { emails, personRows } }, userId) {
    const address = await emails.find(userId)
    if (address) await personRows.remove(userEmailCode.email, address.email)
    await personRows.remove(userEmailCode.userId, userId)
    await personRows.remove(userPassword.userId, userId)
    await personRows.remove(userEmail.userId, userId)
  },
}
