import { hashApiKey } from '../../features/billing/index.ts'
import { probeRows, type RepositoryProbes, type ServiceProbes } from './probes.ts'

/** What another tenant tries on API keys. */
export const apiKeyServices = {
  apiKeys: {
    create: () => [{ name: 'Ours', scopes: ['customers:read'] }],
    list: () => [{ limit: 100 }],
    revoke: ({ apiKey }) => [apiKey.id],
    use: ({ apiKey }) => [apiKey.key],
  },
} satisfies Pick<ServiceProbes, 'apiKeys'>

/** What another tenant tries on API keys, past their service. */
export const apiKeyRepositories = {
  apiKeys: {
    ...probeRows(({ apiKey: { key, ...row } }) => ({ ...row, hash: hashApiKey(key) })),
    findByHash: ({ apiKey }) => [hashApiKey(apiKey.key)],
    countLive: () => [],
    revoke: ({ apiKey }) => [apiKey.id, apiKey.createdAt],
    touch: ({ apiKey }) => [apiKey.id, '2099-01-01'],
  },
} satisfies Pick<RepositoryProbes, 'apiKeys'>
