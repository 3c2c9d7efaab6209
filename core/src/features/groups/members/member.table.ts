import { sql } from 'drizzle-orm'
import { check, index, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'
import { userAccount } from '../../users/index.ts'
import { group } from '../group.table.ts'
import { GROUP_ROLES } from '../group.ts'

const roles = sql.raw(GROUP_ROLES.map((role) => `'${role}'`).join(', '))

/** Who is in which group, and as what. */
export const groupMember = gramkit.table(
  'group_member',
  {
    groupId: uuid()
      .notNull()
      .references(() => group.id),
    userId: uuid()
      .notNull()
      .references(() => userAccount.id),
    role: text({ enum: GROUP_ROLES }).notNull(),
    joinedAt: instant().notNull(),
    /** Without a foreign key: invitations know groups, not the other way round. */
    invitationId: uuid(),
  },
  (table) => [
    primaryKey({ name: 'group_member_key', columns: [table.groupId, table.userId] }),
    // Never two owners; that there is one is kept by the trigger group_owned.
    uniqueIndex('group_member_owner_key').on(table.groupId).where(sql`${table.role} = 'owner'`),
    index('group_member_user_id_index').on(table.userId, table.groupId),
    check('group_member_role_check', sql`${table.role} in (${roles})`),
  ],
)
