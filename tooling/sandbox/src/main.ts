import { z } from 'zod'
import { sandboxOptionsSchema } from './options.ts'
import { startSandbox } from './sandbox.ts'

/** Starts the sandbox of this process from JSON in `GRAMKIT_SANDBOX_OPTIONS` or the first argument. */
async function main(): Promise<void> {
  const text = process.argv[2] ?? process.env['GRAMKIT_SANDBOX_OPTIONS'] ?? '{}'
  const read = sandboxOptionsSchema.safeParse(JSON.parse(text))
  if (!read.success) throw new Error(`Wrong options: ${z.prettifyError(read.error)}`)
  const sandbox = await startSandbox(read.data)
  const stop = (): void => {
    void sandbox.close().then(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // Started with a channel, it ends with its parent, however that ends.
  process.once('disconnect', stop)
  process.stdout.write(
    `${JSON.stringify({ listening: true, url: sandbox.url, smtpUrl: sandbox.smtpUrl, port: sandbox.port })}\n`,
  )
}

try {
  await main()
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${message}\n`)
  process.exitCode = 1
}
