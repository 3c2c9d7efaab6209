import { CORE, type MoneyKey, RULES, unique } from './money-key.ts'

const INVITES = `${CORE}/features/invites`

const tests = [`${INVITES}/invitations.db.test.ts`]
const people = [`${INVITES}/use-invitation.db.test.ts`]
const guessing = [`${INVITES}/guessing.db.test.ts`]
const routes = [`${INVITES}/invites.http.db.test.ts`]
const merging = [`${INVITES}/person-part.db.test.ts`]

/** What keeps a code from being used too often, twice, too late or by somebody else. */
export const INVITATION_KEYS: readonly MoneyKey[] = [
  unique('invitation_code_key_key', 'a code is one invitation, in whatever case', tests),
  {
    name: 'invitation_use_code: row lock',
    guards: 'people who use one code at once are decided on one after the other',
    edits: [
      {
        file: RULES,
        find: 'WHERE i.code_key = wanted_key FOR NO KEY UPDATE;',
        replace: 'WHERE i.code_key = wanted_key;',
      },
    ],
    tests,
  },
  {
    name: 'invitation_use_code: codes by equality',
    guards: 'six underscores find nothing',
    edits: [
      {
        file: RULES,
        find: 'WHERE i.code_key = wanted_key FOR',
        replace: 'WHERE i.code_key LIKE wanted_key LIMIT 1 FOR',
      },
      {
        file: `${INVITES}/invitations.repository.ts`,
        find: ".where(eq(invitation.codeKey, value('codeKey')))",
        replace: ".where(like(invitation.codeKey, value('codeKey'))).limit(1)",
      },
      {
        file: `${INVITES}/invitations.repository.ts`,
        find: 'import { and, asc, count, desc, eq, getTableColumns, gt, lt,',
        replace: 'import { and, asc, count, desc, eq, getTableColumns, gt, like, lt,',
      },
    ],
    tests,
  },
  {
    name: 'invitation_use_code: the limit',
    guards: 'a code is used up with its last use',
    edits: [
      {
        file: RULES,
        find: "IF found_one.use_count = found_one.usage_limit THEN found_one.status := 'used'; END IF;",
        replace: '',
      },
    ],
    tests,
  },
  {
    name: 'invitation_use_code: once for each person',
    guards: 'nobody uses a code twice',
    edits: [
      {
        file: RULES,
        find: 'WHERE u.used_by = person AND u.invitation_id = found_one.id) THEN',
        replace: 'WHERE false) THEN',
      },
    ],
    tests,
  },
  {
    name: 'invitation_use_code: nobody’s own',
    guards: 'nobody invites themselves',
    edits: [
      {
        file: RULES,
        find: 'ELSIF found_one.created_by = person THEN',
        replace: 'ELSIF false THEN',
      },
    ],
    tests,
  },
  {
    name: 'invitation_use_code: the recipient',
    guards: 'a bound code does not exist for others',
    edits: [
      { file: RULES, find: 'IF found_one.recipient <> person THEN', replace: 'IF false THEN' },
    ],
    tests,
  },
  {
    name: 'invitation_use_code: the boundary instant',
    guards: 'the instant of the end is too late',
    edits: [
      {
        file: RULES,
        find: 'coalesce(found_one.expires_at <= at, false)',
        replace: 'coalesce(found_one.expires_at < at, false)',
      },
    ],
    tests,
  },
  {
    name: 'invitation_expire: active ones only',
    guards: 'an expiry is published once, however many sweep',
    edits: [
      {
        file: RULES,
        find: "WHERE d.status = 'active' AND d.expires_at <= at",
        replace: 'WHERE d.expires_at <= at',
      },
    ],
    tests,
  },
  {
    name: 'invitation_expire: row lock',
    guards: 'an expiry is published once, however many sweep',
    edits: [
      { file: RULES, find: 'LIMIT most FOR NO KEY UPDATE SKIP LOCKED', replace: 'LIMIT most' },
    ],
    tests,
  },
  {
    name: 'invitation_revoke: active ones only',
    guards: 'the first revocation stays, and what was used stays used',
    edits: [
      {
        file: RULES,
        find: "WHERE i.id = revoked_id AND i.status = 'active';",
        replace: 'WHERE i.id = revoked_id;',
      },
    ],
    tests,
  },
  {
    name: 'invitation: uses are written by the database alone',
    guards: 'no statement of the application gives itself another use',
    edits: [
      {
        file: RULES,
        find: 'REVOKE INSERT, UPDATE, DELETE ON gramkit.invitation, gramkit.invitation_use FROM gramkit_app;',
        replace: 'SELECT 1;',
      },
    ],
    tests,
  },
  {
    name: 'invitation into a group: joined in the transaction of its use',
    guards: 'a full group burns no use, a spent code adds no member',
    edits: [
      {
        file: `${INVITES}/use-invitation.ts`,
        find: "if ('error' in result) throw result.error",
        replace: '',
      },
    ],
    tests: people,
  },
  {
    name: 'invitation into a group: its maker may still invite',
    guards: 'who was put out of a group has no key to it',
    edits: [
      {
        file: `${INVITES}/use-invitation.ts`,
        find: "await members?.demandRight(groupId, createdBy, 'invite')",
        replace: '',
      },
    ],
    tests: people,
  },
  {
    name: 'invitation: made by those who may invite',
    guards: 'no member makes a key to a group that is not theirs to open',
    edits: [
      {
        file: `${INVITES}/invites.service.ts`,
        find: "if (groupId !== undefined) await tx.members?.demandRight(groupId, createdBy, 'invite')",
        replace: '',
      },
    ],
    tests: people,
  },
  {
    name: 'invitations: a try is taken before the code is looked for',
    guards: 'nobody guesses a code, however many try at once',
    edits: [
      {
        file: `${INVITES}/guessing.service.ts`,
        find: "await limiter.takeEach('invites.wrong', subjects, WRONG_RATE)",
        replace: 'subjects.map(() => ({ isAllowed: true, retryAfterMs: 0 }))',
      },
    ],
    tests: guessing,
  },
  {
    name: 'invitations: wrong codes of a person',
    guards: 'nobody guesses a code from many networks',
    edits: [
      {
        file: `${INVITES}/guessing.service.ts`,
        find: 'const subjects = [userId, network]',
        replace: 'const subjects = [network ?? userId]',
      },
    ],
    tests: guessing,
  },
  {
    name: 'invitations: wrong codes of a network',
    guards: 'many people of one network guess no code',
    edits: [
      {
        file: `${INVITES}/guessing.service.ts`,
        find: 'const subjects = [userId, network]',
        replace: 'const subjects = [userId]',
      },
    ],
    tests: guessing,
  },
  {
    name: 'invitations: what a refused person took is given back',
    guards: 'one person does not use up the tries of their network',
    edits: [
      {
        file: `${INVITES}/guessing.service.ts`,
        find: "if (mine.length > 0) await limiter.giveBack('invites.wrong', mine, WRONG_RATE)",
        replace: '',
      },
    ],
    tests: guessing,
  },
  {
    name: 'invitations: a code of somebody else is a wrong one',
    guards: 'what a try costs does not tell that a bound code exists',
    edits: [
      {
        file: `${INVITES}/guessing.service.ts`,
        find: 'found && (recipient === null || isFor(found, recipient))',
        replace: 'found',
      },
    ],
    tests: guessing,
  },
  {
    name: 'invitations: a code that exists is no wrong one',
    guards: 'a code whose maker may not invite any more holds up nobody',
    edits: [
      {
        file: `${INVITES}/guessing.service.ts`,
        find: 'found && (recipient === null || isFor(found, recipient))',
        replace: 'found && found.groupId === null && isFor(found, recipient ?? "")',
      },
    ],
    tests: routes,
  },
  {
    name: 'invitations: both routes count tries',
    guards: 'nobody guesses a code by asking about it',
    edits: [
      {
        file: `${INVITES}/invites.http.ts`,
        after: "'/invitations/validate'",
        find: 'await services.guessing.admit(guesserOf(request), code)\n        return services.invites.validate',
        replace: 'return services.invites.validate',
      },
    ],
    tests: routes,
  },
  {
    name: 'invitations: bound codes are as much work as none',
    guards: 'how long an answer takes does not tell that a bound code exists',
    edits: [
      {
        file: `${INVITES}/use-invitation.ts`,
        find: 'if (!found || !people.some((usedBy) => isFor(found, usedBy))) {',
        replace: 'if (!found) {',
      },
    ],
    tests: [`${INVITES}/same-work.db.test.ts`],
  },
  {
    name: 'invitations: no guest uses a code',
    guards: 'a code for many is not emptied by one person',
    edits: [
      {
        file: `${INVITES}/invites.http.ts`,
        find: "if (kind === 'guest') throw new GuestsNotInvited()",
        replace: '',
      },
    ],
    tests: routes,
  },
  {
    name: 'invitations: one’s own only',
    guards: 'nobody reads or revokes another’s invitation',
    edits: [
      {
        file: `${INVITES}/invites.http.ts`,
        find: 'if (invitation.createdBy === principalOf(request).user.id) return invitation',
        replace: 'if (invitation.createdBy !== "") return invitation',
      },
    ],
    tests: routes,
  },
  {
    name: 'invitation_move_person: row lock',
    guards: 'a merge and a use of the same code do not meet',
    edits: [
      {
        file: RULES,
        find: 'ORDER BY i.id FOR NO KEY UPDATE;\n  UPDATE gramkit.invitation i SET created_by = person',
        replace: 'ORDER BY i.id;\n  UPDATE gramkit.invitation i SET created_by = person',
      },
    ],
    tests: merging,
  },
  {
    name: 'invitation_forget_person: how others came',
    guards: 'a code that an erased person chose is not kept with those who came by it',
    edits: [
      {
        file: RULES,
        find: 'WHERE upper(a.invitation COLLATE "C") = w.code_key',
        replace: 'WHERE false',
      },
    ],
    tests: merging,
  },
  {
    name: 'forgetPerson: events and jobs',
    guards: 'what an erased person wrote is in no event and no job',
    edits: [
      {
        file: `${INVITES}/invitations.repository.ts`,
        find: "where event.name like 'invitation.%' and",
        replace: 'where false and',
      },
    ],
    tests: merging,
  },
  {
    name: 'isKnownTo: only what one knows',
    guards: 'a code of somebody else costs a try',
    edits: [
      {
        file: `${INVITES}/invites.service.ts`,
        find: 'return hasUsed || found?.createdBy === userId',
        replace: 'return hasUsed || found !== undefined',
      },
    ],
    tests: [`${CORE}/start.db.test.ts`],
  },
]
