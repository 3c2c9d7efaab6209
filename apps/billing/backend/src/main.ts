/**
 * Runs billing in the roles of `GRAMKIT_ROLES`, configured by the environment.
 *
 * @module
 */
import { runProcess } from '@gramkit/core/app'
import { loadConfig } from '@gramkit/core/config'
import { serveBilling } from './serve.ts'

await runProcess(() => serveBilling(loadConfig()))
