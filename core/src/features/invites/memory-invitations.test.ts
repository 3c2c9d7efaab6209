import { invitationStorageContract } from '../../testing/contracts/invitation-storage.contract.ts'
import { MemoryInvitations } from './memory-invitations.ts'

invitationStorageContract({ name: 'memory', make: async () => new MemoryInvitations() })
