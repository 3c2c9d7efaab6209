import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { DevError } from './dev-error.ts'

/** The sandbox, in a process of its own. */
export interface SandboxProcess {
  readonly url: string
  /** Where mails are handed in. */
  readonly smtpUrl: string
  /** Resolves when the process ends, asked to or not. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

const startedSchema = z.object({ url: z.url(), smtpUrl: z.url() })

const START_TIMEOUT_MS = 20_000
const STOP_TIMEOUT_MS = 5_000

/** Starts the sandbox on a free port; it keeps its state in its own folder. */
export async function startSandboxProcess(options: object): Promise<SandboxProcess> {
  const main = join(
    dirname(createRequire(import.meta.url).resolve('@gramkit/sandbox/package.json')),
    'src/main.ts',
  )
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
    env: { ...process.env, GRAMKIT_SANDBOX_OPTIONS: JSON.stringify(options) },
    // By the channel it knows when this process was killed, and ends too.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // Ctrl-C reaches the whole group; the sandbox must outlive the apps that still talk to it.
    detached: true,
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const { url, smtpUrl } = await started(child, ended)
  return { url, smtpUrl, ended, stop: () => stop(child, ended) }
}

async function started(
  child: ChildProcess,
  ended: Promise<void>,
): Promise<z.output<typeof startedSchema>> {
  if (!child.stdout) throw new DevError('The sandbox has no output')
  const lines = createInterface({ input: child.stdout })
  const line = new Promise<string>((resolve) => lines.once('line', resolve))
  const timeout = AbortSignal.timeout(START_TIMEOUT_MS)
  const late = new Promise<never>((_resolve, reject) => {
    timeout.addEventListener('abort', () => reject(new DevError('The sandbox did not start')))
  })
  const died = ended.then(() => {
    throw new DevError('The sandbox ended while it started')
  })
  return startedSchema.parse(JSON.parse(await Promise.race([line, late, died])))
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await ended
  clearTimeout(timer)
}
