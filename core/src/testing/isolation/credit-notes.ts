import { newId } from '../../kernel/index.ts'
import type { RepositoryProbes, ServiceProbes } from './probes.ts'

/** What another tenant tries on credit notes. */
export const creditNoteServices = {
  creditNotes: {
    issue: ({ invoice }) => [{ invoiceId: invoice.id, reason: 'Ours' }],
    get: ({ creditNote }) => [creditNote.id],
    document: ({ creditNote }) => [creditNote.id],
    getByNumber: ({ creditNote }) => [creditNote.number],
    list: ({ customer }) => [{ customerId: customer.id }, { limit: 100 }],
  },
} satisfies Pick<ServiceProbes, 'creditNotes'>

/** What another tenant tries on credit notes, past their service. */
export const creditNoteRepositories = {
  creditNotes: {
    findById: ({ creditNote }) => [creditNote.id],
    getById: ({ creditNote }) => [creditNote.id],
    findByNumber: ({ creditNote }) => [creditNote.number],
    listFiltered: ({ invoice }) => [{ invoiceId: invoice.id }, { limit: 100 }],
    listLines: ({ creditNote }) => [creditNote.id],
    listCredited: ({ invoice }) => [invoice.lines.map(({ id }) => id)],
    issue: ({ creditNote: { lines, ...note } }) => [
      { ...note, id: newId(), note, lines, at: note.createdAt },
    ],
    listOfCustomer: ({ customer }) => [customer.id],
  },
} satisfies Pick<RepositoryProbes, 'creditNotes'>
