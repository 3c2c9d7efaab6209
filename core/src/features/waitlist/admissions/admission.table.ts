import { index, text, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'
import { invitation } from '../../invites/index.ts'
import { userAccount } from '../../users/index.ts'
import { waitlistEntry } from '../entry.table.ts'

/** Who was let in, by which invitation: an entry and a user once each. */
export const waitlistAdmission = gramkit.table(
  'waitlist_admission',
  {
    id: uuid().primaryKey(),
    entryId: uuid()
      .notNull()
      .unique('waitlist_admission_entry_id_key')
      .references(() => waitlistEntry.id),
    userId: uuid()
      .notNull()
      .unique('waitlist_admission_user_id_key')
      .references(() => userAccount.id),
    invitationId: uuid()
      .notNull()
      .references(() => invitation.id),
    inviterEntryId: uuid().references(() => waitlistEntry.id),
    /** SHA-256 of the network that they came from. */
    networkHash: text(),
    admittedAt: instant().notNull(),
  },
  (table) => [
    index('waitlist_admission_invitation_id_index').on(table.invitationId),
    index('waitlist_admission_inviter_entry_id_index').on(table.inviterEntryId),
    index('waitlist_admission_admitted_at_index').on(table.admittedAt),
  ],
)
