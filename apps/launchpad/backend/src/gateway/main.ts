/**
 * Runs the gateway in front of the four services, configured by the environment.
 *
 * @module
 */
import { runProcess } from '@gramkit/core/app'
import { serveGateway } from './gateway.ts'

await runProcess(() => serveGateway())
