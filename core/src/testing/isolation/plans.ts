import { PLAN_TERMS } from '../billing.ts'
import { probeRows, type RepositoryProbes, type ServiceProbes } from './probes.ts'

/** What another tenant tries on plans. */
export const planServices = {
  plans: {
    create: () => [{ code: 'ours', name: 'Ours', ...PLAN_TERMS }],
    draft: ({ plan }) => [plan.id, PLAN_TERMS],
    publish: ({ plan }) => [plan.id],
    rename: ({ plan }) => [plan.id, { name: 'Taken over' }],
    archive: ({ plan }) => [plan.id],
    get: ({ plan }) => [plan.id],
    getByCode: ({ plan }) => [plan.code],
    getVersion: ({ version }) => [version.id],
    listVersions: ({ plan }) => [plan.id],
    list: () => [{ which: 'all' }, { limit: 100 }],
  },
} satisfies Pick<ServiceProbes, 'plans'>

/** What another tenant tries on plans, past their service. */
export const planRepositories = {
  plans: {
    ...probeRows(({ plan: { current, draft, ...row } }) => row),
    findByCode: ({ plan }) => [plan.code],
    listPlans: () => ['all', { limit: 100 }],
  },
  planVersions: {
    getById: ({ version }) => [version.id],
    getByIds: ({ version }) => [[version.id]],
    listOfPlans: ({ plan }) => [[plan.id]],
    listCurrent: ({ plan }) => [[plan.id]],
    insert: ({ draft }) => [draft],
    update: ({ draft }) => [draft.id, { trialDays: 99 }],
  },
} satisfies Pick<RepositoryProbes, 'plans' | 'planVersions'>
