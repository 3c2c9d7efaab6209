import { eventBusContract } from '../../testing/contracts/event-bus.contract.ts'
import { InProcessBus } from './in-process-bus.ts'

eventBusContract({
  name: 'inside one process',
  open: async (onError) => new InProcessBus({ onError }),
})
