/**
 * Event buses: typed events to whoever wants to hear of them, in one process or between many.
 *
 * @module
 */
export { BusUnavailable } from './bus.errors.ts'
export type { EventBus, EventHandler, HandlerErrors } from './event-bus.ts'
export { forwardToBus } from './forward-to-bus.ts'
export { InProcessBus } from './in-process-bus.ts'
