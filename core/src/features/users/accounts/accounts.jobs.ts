import type { DueWork } from '../../../platform/jobs/index.ts'
import type { AccountsService } from './accounts.service.ts'
import type { DeparturesRepository } from './departures.repository.ts'

/** Moves or empties what landed on somebody after they were merged or erased. */
export const sweepDepartures: DueWork<{
  readonly accounts: Pick<AccountsService, 'sweep'>
  readonly repos: { readonly departures: Pick<DeparturesRepository, 'findNextRoundAt'> }
}> = {
  name: 'accounts.sweep_departures',
  everyMs: 30_000,
  nextDueAt: async ({ repos }) => (await repos.departures.findNextRoundAt()) ?? null,
  runDue: ({ accounts }) => accounts.sweep(),
}
