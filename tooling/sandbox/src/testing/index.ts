/**
 * Apps of tests: one that really listens, with a sandbox and a database of its own, and who asks it.
 *
 * @module
 */
export { type Answer, type ApiClient, apiClient } from './api-client.ts'
export { eventually } from './eventually.ts'
export { digitsIn, newestMail } from './letters.ts'
export { listedOperations } from './listed-operations.ts'
export {
  callOperation,
  HOSTILE_IDS,
  hostileBodies,
  hostileQueries,
  isFault,
  type Operation,
  readOperations,
} from './operations.ts'
export { type RunningApp, startRunningApp } from './running-app.ts'
