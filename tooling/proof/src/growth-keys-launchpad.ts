import type { MoneyKey } from './money-key.ts'

const LAUNCHPAD = 'apps/launchpad/backend/src'

/** Who gets an account at a launchpad, and what strangers find out there. */
export const LAUNCHPAD_KEYS: readonly MoneyKey[] = [
  {
    name: 'launchpad: an account needs an invitation',
    guards: 'nobody logs in whom nobody let in',
    edits: [
      {
        file: `${LAUNCHPAD}/users/invite-only-users.service.ts`,
        find: 'if (await this.#isUsed(person.admittedBy)) return',
        replace: 'return',
      },
    ],
    tests: [`${LAUNCHPAD}/services.db.test.ts`],
  },
  {
    name: 'launchpad: who has joined is told seldom',
    guards: 'a list of addresses cannot be tried',
    edits: [
      {
        file: `${LAUNCHPAD}/waitlist/join-once.ts`,
        find: "await admit(limiter, 'waitlist.known', network, KNOWN)",
        replace: '',
      },
    ],
    tests: [`${LAUNCHPAD}/waitlist/waitlist.http.db.test.ts`],
  },
  {
    name: 'launchpad: the gateway tells the address it believes',
    guards: 'nobody chooses in whose name limits are used up',
    edits: [
      {
        file: `${LAUNCHPAD}/gateway/forward.ts`,
        find: "'x-forwarded-for': ip,",
        replace: '',
      },
    ],
    tests: [`${LAUNCHPAD}/gateway/gateway.db.test.ts`],
  },
]
