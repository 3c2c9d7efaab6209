import { newId } from '../../kernel/index.ts'
import { probeRows, type RepositoryProbes, type ServiceProbes } from './probes.ts'

const NOW = new Date('2100-01-01T00:00:00Z')
const PAST = new Date(0)

/** What another tenant tries on webhooks. */
export const webhookServices = {
  webhooks: {
    create: () => [{ name: 'Ours', url: 'https://ours.invalid/', events: ['billing.run_waiting'] }],
    update: ({ webhookEndpoint }) => [webhookEndpoint.id, { name: 'Taken over' }],
    enable: ({ webhookEndpoint }) => [webhookEndpoint.id],
    disable: ({ webhookEndpoint }) => [webhookEndpoint.id],
    rotateSecret: ({ webhookEndpoint }) => [webhookEndpoint.id],
    remove: ({ webhookEndpoint }) => [webhookEndpoint.id],
    get: ({ webhookEndpoint }) => [webhookEndpoint.id],
    list: () => [{ limit: 100 }],
    listDeliveries: ({ webhookEndpoint }) => [{ endpointId: webhookEndpoint.id }, { limit: 100 }],
    getDelivery: ({ webhookDelivery }) => [webhookDelivery.id],
    replay: ({ webhookDelivery }) => [webhookDelivery.id],
    replaySince: ({ webhookEndpoint }) => [webhookEndpoint.id, PAST],
    sendDue: () => [],
    forgetOver: () => [],
  },
} satisfies Pick<ServiceProbes, 'webhooks'>

/** What another tenant tries on webhooks, past their service. */
export const webhookRepositories = {
  webhookEndpoints: {
    ...probeRows(({ webhookEndpoint }) => webhookEndpoint),
    count: () => [],
    listEnabled: () => [],
    disable: ({ webhookEndpoint }) => [webhookEndpoint.id, 'gone', NOW],
  },
  webhookDeliveries: {
    ...probeRows(({ webhookDelivery }) => webhookDelivery),
    insertAll: ({ webhookDelivery }) => [[{ ...webhookDelivery, id: newId() }]],
    listFiltered: ({ webhookEndpoint }) => [{ endpointId: webhookEndpoint.id }, { limit: 100 }],
    claim: () => [{ now: NOW, until: NOW, perEndpoint: 100 }],
    answered: ({ webhookDelivery }) => [
      { deliveryId: webhookDelivery.id, number: 1, status: 200, problem: null },
    ],
    deliver: ({ webhookDelivery }) => [webhookDelivery.id, NOW],
    postpone: ({ webhookDelivery }) => [webhookDelivery, { dueAt: NOW, at: NOW }],
    giveUp: ({ webhookEndpoint }) => [webhookEndpoint.id, NOW],
    replay: ({ webhookDelivery }) => [webhookDelivery.id, NOW],
    replaySince: ({ webhookEndpoint }) => [webhookEndpoint.id, PAST, NOW],
    listAttempts: ({ webhookDelivery }) => [webhookDelivery.id],
    forgetOver: () => [NOW],
  },
} satisfies Pick<RepositoryProbes, 'webhookDeliveries' | 'webhookEndpoints'>
