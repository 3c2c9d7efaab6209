import type { ServiceProbes } from './probes.ts'

/** What another tenant tries on the audit trail, which nobody names by an id. */
export const auditTrailServices = {
  auditTrail: {
    list: () => [{ limit: 100 }],
    verify: () => [],
  },
} satisfies Pick<ServiceProbes, 'auditTrail'>
