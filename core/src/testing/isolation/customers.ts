import { probeRows, type RepositoryProbes, type ServiceProbes } from './probes.ts'

/** What another tenant tries on customers. */
export const customerServices = {
  customers: {
    create: ({ userId }) => [{ code: 'ours', name: 'Ours', userId }],
    update: ({ customer }) => [customer.id, { name: 'Taken over' }],
    get: ({ customer }) => [customer.id],
    getByCode: ({ customer }) => [customer.code],
    list: ({ userId }) => [{ userId }, { limit: 100 }],
  },
} satisfies Pick<ServiceProbes, 'customers'>

/** What another tenant tries on customers, past their service. */
export const customerRepositories = {
  customers: {
    ...probeRows(({ customer }) => customer),
    findByCode: ({ customer }) => [customer.code],
    listFiltered: ({ userId }) => [{ userId }, { limit: 100 }],
    isBilled: ({ customer }) => [customer.id],
    listOfUser: ({ userId }) => [userId],
    moveUser: ({ userId }) => [userId, userId],
  },
} satisfies Pick<RepositoryProbes, 'customers'>
