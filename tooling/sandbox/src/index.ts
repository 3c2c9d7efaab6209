/**
 * Telegram, YooKassa, Stripe and a mail server on this machine: servers that speak the providers' own
 * protocols, a clock that moves, and a control API to play the customer with.
 *
 * @module
 */
export type { LogEntry } from './activity.ts'
export type { ClockState } from './clock/clock.ts'
export type { Advanced } from './clock/clock-mover.ts'
export {
  ControlRefused,
  type ListedDelivery,
  SandboxControl,
  type ShopReceipt,
  type Span,
} from './control/sandbox-control.ts'
export type { Transaction } from './control/transactions.ts'
export type { ChatMessage, UserControl, Wallet } from './control/user-control.ts'
export type { FaultInput } from './faults.ts'
export type { ReceivedMail } from './mail/mailbox.ts'
export type { SandboxOptions } from './options.ts'
export { PortTaken, type Sandbox, startSandbox } from './sandbox.ts'
export { DataFolderBusy } from './store/store.ts'
export type { PayResult } from './telegram/checkout.ts'
