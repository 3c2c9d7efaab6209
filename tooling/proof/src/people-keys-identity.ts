import { CORE, type MoneyKey, TABLES } from './money-key.ts'

const USERS = `${CORE}/features/users`
const EDGE = `${CORE}/platform/http/edge.ts`
const LIMITER = `${CORE}/platform/limits/postgres-limiter.ts`
const LINKS = `${USERS}/login-links/login-links.repository.ts`

const users = [`${USERS}/users.service.db.test.ts`]
const links = [`${USERS}/login-links/login-links.db.test.ts`]
const http = [`${USERS}/users.http.db.test.ts`]
const rolesHttp = [`${USERS}/roles/roles.http.db.test.ts`]
const sessionsHttp = [`${USERS}/sessions/sessions.http.db.test.ts`]
const atOnce = ['apps/shop/backend/src/merging-at-once.db.test.ts']
const limits = [`${CORE}/platform/limits/postgres-limiter.db.test.ts`]

/** Who somebody is, and what they may do by it. */
export const IDENTITY_KEYS: readonly MoneyKey[] = [
  {
    name: 'user_account_telegram_id_key',
    guards: 'one Telegram identity is one person',
    edits: [
      {
        file: TABLES,
        find: 'CONSTRAINT "user_account_telegram_id_key" UNIQUE("telegram_id"),\n\t',
        replace: '',
      },
    ],
    tests: users,
  },
  {
    name: 'user_account_role_kind_check',
    guards: 'nobody acts for the app who is known by a device only',
    edits: [
      {
        file: TABLES,
        find: `"gramkit"."user_account"."role" = 'user' or "gramkit"."user_account"."kind" = 'registered'`,
        replace: 'true',
      },
    ],
    tests: [`${USERS}/roles/roles.service.db.test.ts`],
  },
  {
    name: 'user_opened_init_data: the same device only',
    guards: 'init data opens one login',
    edits: [
      {
        file: `${USERS}/opened-init-data/opened-init-data.repository.ts`,
        find: "setWhere: eq(userOpenedInitData.repeatHash, values.repeatHash ?? ''),",
        replace: '',
      },
    ],
    tests: users,
  },
  {
    name: 'init data: the same person',
    guards: 'used init data continues nobody else’s login',
    edits: [
      {
        file: `${USERS}/users.service.ts`,
        find: 'if (live?.user.telegramId === verified.user.id)',
        replace: 'if (live)',
      },
    ],
    tests: users,
  },
  {
    name: 'init data: Telegram’s signature',
    guards: 'nobody makes init data themselves where there is no bot token',
    edits: [
      {
        file: `${USERS}/init-data.ts`,
        find: 'if (!verify(null, Buffer.from(signed), ed25519(publicKey), bytes))',
        replace: 'if (!bytes)',
      },
    ],
    tests: users,
  },
  {
    name: 'user_login_link: confirmed before it is consumed',
    guards: 'a login link gives one login',
    edits: [{ file: LINKS, find: ", eq(userLoginLink.status, 'confirmed')", replace: '' }],
    tests: links,
  },
  {
    name: 'user_login_link: pending before it is answered',
    guards: 'a login link belongs to the first who answers',
    edits: [{ file: LINKS, find: "eq(userLoginLink.status, 'pending'),", replace: '' }],
    tests: links,
  },
  {
    name: 'user_login_link: the browser’s own secret',
    guards: 'whoever has only the link gets no login by it',
    edits: [
      {
        file: `${USERS}/login-links/login-links.service.ts`,
        find: 'findByPollHash(',
        replace: 'findByTokenHash(',
      },
    ],
    tests: links,
  },
  {
    name: 'login link: the button in the bot',
    guards: 'opening a link that somebody sent logs nobody in',
    edits: [
      {
        file: `${USERS}/login-links/login-links.bot.ts`,
        find: 'if (!token || !link) return next()',
        replace:
          'if (!token || !link) return next()\n    await services.loginLinks.confirm(token, telegramUserSchema.parse(context.from))',
      },
    ],
    tests: ['apps/shop/backend/src/logins.db.test.ts'],
  },
  {
    name: 'login link: a login of lately connects',
    guards: 'a stolen session does not become a login of the thief’s',
    edits: [
      {
        file: `${USERS}/login-links/login-links.http.ts`,
        find: "onRequest: [limitLogins('connect'), requireRecentLogin],",
        replace: "onRequest: [limitLogins('connect'), requireUser],",
      },
      {
        file: `${USERS}/login-links/login-links.http.ts`,
        find: '  requireRecentLogin,\n  userSecurity,',
        replace: '  requireUser,\n  userSecurity,',
      },
    ],
    tests: http,
  },
  {
    name: 'login link: it ends with the login that asked for it',
    guards: 'nobody connects their Telegram by a session that was ended',
    edits: [
      {
        file: TABLES,
        find: 'ALTER TABLE "gramkit"."user_login_link" ADD CONSTRAINT "user_login_link_session_id_user_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "gramkit"."user_session"("id") ON DELETE cascade ON UPDATE no action;',
        replace: '',
      },
    ],
    tests: links,
  },
  {
    name: 'registering ends the other logins of the guest',
    guards: 'whoever has the key of a device has no login of who registered there',
    edits: [
      {
        file: `${USERS}/users.service.ts`,
        find: 'await tx.sessions.revokeAll(id, keptSessionId === null ? {} : { except: keptSessionId })',
        replace: 'void keptSessionId',
      },
    ],
    tests: users,
  },
  {
    name: 'device key: its guest stays its guest until the login is written',
    guards: 'a login under way by the key does not land on who registered',
    edits: [{ file: `${USERS}/users.repository.ts`, find: ".for('key share')", replace: '' }],
    tests: atOnce,
  },
  {
    name: 'Telegram identity: one at a time decides whose it is',
    guards: 'two guests who are one person become one',
    edits: [
      {
        file: `${USERS}/users.repository.ts`,
        find: 'select pg_advisory_xact_lock(',
        replace: 'select (',
      },
    ],
    tests: atOnce,
  },
  {
    name: 'admin routes: the role',
    guards: 'nobody acts for the app without the role',
    edits: [
      { file: EDGE, find: 'if (RANKS[principal.user.role] < RANKS[role])', replace: 'if (false)' },
    ],
    tests: rolesHttp,
  },
  {
    name: 'admin routes: a login of lately',
    guards: 'a session that was stolen long ago does not act for the app',
    edits: [{ file: EDGE, find: 'if (ageMs > ADMIN_LOGIN_MAX_AGE_MS)', replace: 'if (false)' }],
    tests: rolesHttp,
  },
  {
    name: 'session cookie: the origin',
    guards: 'other sites change nothing by a cookie',
    edits: [
      {
        file: `${CORE}/platform/http/session-cookie.ts`,
        find: "!server.edge.origins.includes(headers.origin ?? '')",
        replace: '!server',
      },
    ],
    tests: sessionsHttp,
  },
  {
    name: 'rate_limit: what is left of the period',
    guards: 'tries are counted across processes',
    edits: [
      {
        file: LIMITER,
        find: 'where greatest(entry.free_at,',
        replace: 'where true or greatest(entry.free_at,',
      },
    ],
    tests: limits,
  },
  {
    name: 'rate_limit: outside of the caller’s transaction',
    guards: 'a rollback gives no try back',
    edits: [{ file: LIMITER, find: '    assertNoTransaction(call)\n', replace: '' }],
    tests: limits,
  },
]
