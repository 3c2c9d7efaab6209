import { probeRows, type RepositoryProbes, type ServiceProbes } from './probes.ts'

/** What another tenant tries on saved ways to pay. */
export const paymentMethodServices = {
  paymentMethods: {
    add: ({ customer }) => [
      { customerId: customer.id, gateway: 'stripe', savedMethodId: 'pm_1', label: 'Ours' },
    ],
    list: ({ customer }) => [customer.id],
    setDefault: ({ paymentMethod }) => [paymentMethod.id],
    remove: ({ paymentMethod }) => [paymentMethod.id],
  },
} satisfies Pick<ServiceProbes, 'paymentMethods'>

/** What another tenant tries on saved ways to pay, past their service. */
export const paymentMethodRepositories = {
  paymentMethods: {
    ...probeRows(({ paymentMethod }) => paymentMethod),
    listOfCustomer: ({ customer }) => [customer.id],
    forget: ({ customer }) => [customer.id, customer.createdAt],
    clearDefault: ({ customer }) => [customer.id],
  },
} satisfies Pick<RepositoryProbes, 'paymentMethods'>
