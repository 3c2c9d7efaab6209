/**
 * The configuration of a process: read from the environment once, proven, and documented in
 * `.env.example`.
 *
 * @module
 */

export { ConfigInvalid, type VariableFault } from './config.errors.ts'
export { type Config, type Environment, loadConfig, readVariables } from './config.ts'
export { isProxyBlock } from './proxy-block.ts'
export { httpAddress, ROLES, type Role, variables } from './variables.ts'
export { isWebhookSecret } from './webhook-secret.ts'
