import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A program of the workspace that is to run as a process of its own. */
export interface ProgramOptions {
  readonly name: string
  /** Its file, from the root of the workspace. */
  readonly script: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Asked until it says yes. */
  isReady(): Promise<boolean>
}

const ROOT = new URL('../../../../', import.meta.url)
const END_WITH_PARENT = fileURLToPath(new URL('tooling/bootstrap/end-with-parent.cjs', ROOT))
const START_TIMEOUT_MS = 60_000
const LINES_KEPT = 10
const LINE_LENGTH_MAX = 500

/** A process that can be killed at any moment and started again as it was. */
export class Program {
  readonly name: string
  readonly #options: ProgramOptions
  readonly #said: string[] = []
  #child: ChildProcess | undefined

  constructor(options: ProgramOptions) {
    this.name = options.name
    this.#options = options
  }

  /** The last lines it wrote, for the report of a failure. */
  get said(): string {
    return this.#said.map((line) => `${this.name}: ${line}`).join('\n')
  }

  /** Starts it and waits until it is ready. */
  async start(): Promise<void> {
    const { script, args = [], env = {}, isReady } = this.#options
    const child = spawn(
      process.execPath,
      [
        ...['--disable-warning=ExperimentalWarning', '--require', END_WITH_PARENT],
        ...['-C', 'gramkit-source', fileURLToPath(new URL(script, ROOT)), ...args],
      ],
      // By the channel it knows when this process was killed, and ends too.
      { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: { PATH: process.env['PATH'], ...env } },
    )
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#hear(text))
    }
    const deadline = performance.now() + START_TIMEOUT_MS
    while (!(await isReady().catch(() => false))) {
      if (child.exitCode !== null || child.signalCode !== null || performance.now() > deadline) {
        throw new Error(`${this.name} did not start\n${this.said}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** Ends it without a word and waits until it is gone. */
  async kill(): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  #hear(text: string): void {
    const lines = text.trimEnd().split('\n')
    this.#said.push(...lines.map((line) => line.slice(0, LINE_LENGTH_MAX)))
    this.#said.splice(0, this.#said.length - LINES_KEPT)
  }
}
