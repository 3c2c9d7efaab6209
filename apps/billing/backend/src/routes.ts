import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { customersHttp } from './customers/customers.http.ts'

/** All routes for the keys of a tenant. */
export const TENANT_ROUTES: readonly FastifyPluginAsyncZod[] = [customersHttp]
