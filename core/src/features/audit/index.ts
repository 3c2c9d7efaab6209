/**
 * Who did what to what: append-only entries in the transaction of the change, sealed afterwards
 * into a hash chain that shows any later tampering.
 *
 * @module
 */

export { sealDueAudit } from './audit.jobs.ts'
export { AuditRepository, type NewAuditEntry } from './audit.repository.ts'
export { type AuditScope, AuditService } from './audit.service.ts'
export { auditEntry, auditSeal, auditUnsealed } from './audit.table.ts'
export { type AuditEntry, type AuditReport, GENESIS_HASH, sealHash } from './audit.ts'
export { auditPart } from './person-part.ts'
