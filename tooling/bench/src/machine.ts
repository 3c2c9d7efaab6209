import { cpus, loadavg } from 'node:os'

/** Names the processor and the version of Node that figures were taken with. */
export function describeMachine(): string {
  return `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}`
}

/** How busy the machine is, with whatever else runs on it: the load of the last minute. */
export function loadNow(): number {
  return loadavg()[0] ?? Number.NaN
}
