import { CORE, type MoneyKey, RULES, TABLES, unique } from './money-key.ts'

const GROUPS = `${CORE}/features/groups`
const FRIENDSHIPS = `${CORE}/features/friendships`

const members = [`${GROUPS}/members/members.db.test.ts`]
const friendships = [`${FRIENDSHIPS}/friendships.db.test.ts`]

/** Who belongs to whom, and who may say so. */
export const GROUP_KEYS: readonly MoneyKey[] = [
  unique('group_member_owner_key', 'a group never has two owners', members),
  {
    name: 'group_owned',
    guards: 'a group never has no owner',
    edits: [
      {
        file: RULES,
        find: "RAISE EXCEPTION 'A group has an owner' USING ERRCODE = 'GK010', DETAIL = checked;",
        replace: 'NULL;',
      },
    ],
    tests: members,
  },
  {
    name: 'group_count_members',
    guards: 'a group never has more members than it may have',
    edits: [
      {
        file: RULES,
        find: "CASE TG_OP WHEN 'INSERT' THEN moved.members ELSE -moved.members END",
        replace: '0',
      },
    ],
    tests: members,
  },
  {
    name: 'group_member primary key',
    guards: 'nobody is in a group twice',
    edits: [
      {
        file: TABLES,
        find: ',\n\tCONSTRAINT "group_member_key" PRIMARY KEY("group_id","user_id")',
        replace: '',
      },
    ],
    tests: members,
  },
  {
    name: 'group: row lock',
    guards: 'who is in a group is decided by one call after the other',
    edits: [
      {
        file: `${GROUPS}/entering.ts`,
        find: 'tx.repos.groups.findByIdWithLock(groupId)',
        replace: 'tx.repos.groups.findById(groupId)',
      },
    ],
    tests: members,
  },
  {
    name: 'group: row lock of the newcomer',
    guards: 'nobody enters more groups at once than they may be in',
    edits: [
      {
        file: `${GROUPS}/entering.ts`,
        find: "tx.repos.users.getByIdsWithLock([userId], { mode: 'no key update' })",
        replace: 'tx.repos.users.getByIds([userId])',
      },
    ],
    tests: members,
  },
  {
    name: 'group: rights by role',
    guards: 'nobody does in a group what their role does not allow',
    edits: [
      {
        file: `${GROUPS}/group.ts`,
        find: 'return RIGHTS[role].includes(action)',
        replace: 'return RIGHTS[role].length + action.length > 0',
      },
    ],
    tests: members,
  },
  {
    name: 'friendship_pair_check',
    guards: 'nobody is their own friend, and two people are friends once',
    edits: [
      {
        file: TABLES,
        find: 'CHECK ("gramkit"."friendship"."low_id" < "gramkit"."friendship"."high_id")',
        replace: 'CHECK (true)',
      },
    ],
    tests: friendships,
  },
  {
    name: 'friendship: row locks of both',
    guards: 'what is between two people is decided by one call after the other',
    edits: [
      {
        file: `${FRIENDSHIPS}/friendships.service.ts`,
        find: "tx.repos.users.getByIdsWithLock([a, b], { mode: 'no key update' })",
        replace: 'tx.repos.users.getByIds([a, b])',
      },
    ],
    tests: friendships,
  },
  {
    name: 'friendship: a block wins over befriend',
    guards: 'an invitation makes no friend of whom somebody has blocked',
    edits: [
      {
        file: `${FRIENDSHIPS}/friendships.service.ts`,
        find: "if (await friendships.isBlocked(b, a)) return 'refused'",
        replace: '',
      },
    ],
    tests: friendships,
  },
  {
    name: 'friendship: requests of the blocked are hidden',
    guards: 'whoever is blocked is not heard of',
    edits: [
      {
        file: `${FRIENDSHIPS}/friendships.repository.ts`,
        find: 'notExists(block),',
        replace: 'block && undefined,',
      },
    ],
    tests: friendships,
  },
  {
    name: 'friendship: agreement of whoever was asked',
    guards: 'nobody becomes a friend without having agreed',
    edits: [
      {
        file: `${FRIENDSHIPS}/friendships.service.ts`,
        find: 'if (found?.requestedBy !== otherId || isHidden)',
        replace: 'if (!found || isHidden)',
      },
    ],
    tests: friendships,
  },
]
