/**
 * Requests that end in an answer or in a {@link RequestFailed}, and the session that they are sent in.
 *
 * @module
 */
export { type Api, type Ask, apiAt } from './api.ts'
export { failureOf, RequestFailed, toRequestFailed } from './request-failed.ts'
export { answerOf, doneOf, type Fetch, fetchAs, withTimeout } from './send.ts'
export { type LogIn, Session } from './session.ts'
