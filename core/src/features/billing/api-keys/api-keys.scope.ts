import type { TenantRowRepository } from '../tenants/tenants.repository.ts'
import type { TenantScope } from '../tenants/tenants.scope.ts'
import type { ApiKeysRepository } from './api-keys.repository.ts'

/** All that the service of API keys may touch. */
export interface ApiKeysScope extends TenantScope<ApiKeysScope> {
  readonly repos: {
    readonly apiKeys: ApiKeysRepository
    readonly tenant: TenantRowRepository
  }
}
