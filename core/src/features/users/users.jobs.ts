import { addMs, type Clock } from '../../kernel/index.ts'
import type { DueWork } from '../../platform/jobs/index.ts'
import type { LoginLinksRepository } from './login-links/login-links.repository.ts'
import type { OpenedInitDataRepository } from './opened-init-data/opened-init-data.repository.ts'

/** Longer than the clocks of two machines differ: data that one forgets must be old for both. */
const OPENED_KEPT_MS = 3_600_000

/** Forgets init data that has been too old to open a login for an hour. */
export const forgetOpenedInitData: DueWork<{
  readonly clock: Clock
  readonly repos: { readonly openedInitData: OpenedInitDataRepository }
}> = {
  name: 'users.forget_opened_init_data',
  everyMs: 600_000,
  // Nobody waits for it, so the clock need not stop for it.
  nextDueAt: async () => null,
  runDue: ({ clock, repos }) =>
    repos.openedInitData.removeExpired(addMs(clock.now(), -OPENED_KEPT_MS)),
}

/** Forgets login links that have expired. */
export const forgetLoginLinks: DueWork<{
  readonly clock: Clock
  readonly repos: { readonly loginLinks: LoginLinksRepository }
}> = {
  name: 'users.forget_login_links',
  everyMs: 600_000,
  // Nobody waits for it, so the clock need not stop for it.
  nextDueAt: async () => null,
  runDue: ({ clock, repos }) => repos.loginLinks.removeExpired(clock.now()),
}
