import { ServerEventParser } from './server-events.ts'

const BACKOFF_MS = { first: 1_000, longest: 30_000 }
/** The server writes every 15 s; a stream silent for longer is dead without having said so. */
const SILENCE_MS = 45_000

/** Parts of {@link listen}. */
export interface LiveSetup {
  /** Opens the stream; the signal ends it. */
  open(signal: AbortSignal): Promise<Response>
  onChanged(): void
  signal: AbortSignal
}

/**
 * Hears from the server that something of the person's changed, for as long as the signal lasts.
 *
 * The events carry no data and none are kept while nobody listens, so each opening of the stream
 * counts as a change too: also the first, as what was read before it may be out of date.
 */
export async function listen({ open, onChanged, signal }: LiveSetup): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    const attempt = new AbortController()
    const end = () => attempt.abort()
    signal.addEventListener('abort', end, { once: true })
    try {
      const response = await open(attempt.signal)
      if (response.ok && response.body) {
        onChanged()
        await readChanges(
          response.body.getReader(),
          () => {
            failures = 0
          },
          onChanged,
        )
      }
    } catch {
      // Whatever ended the stream, the answer is to open it again.
    } finally {
      attempt.abort()
      signal.removeEventListener('abort', end)
    }
    if (!signal.aborted) await pause(backoff(failures), signal)
    failures += 1
  }
}

/** How long to wait before the next try: doubles up to a limit, spread so that crowds thin out. */
export function backoff(failures: number, random: () => number = Math.random): number {
  const full = Math.min(BACKOFF_MS.first * 2 ** failures, BACKOFF_MS.longest)
  return full * (0.5 + random() / 2)
}

async function readChanges(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  onBytes: () => void,
  onChanged: () => void,
): Promise<void> {
  const parser = new ServerEventParser()
  const decoder = new TextDecoder()
  while (true) {
    const silence = setTimeout(() => void reader.cancel(), SILENCE_MS)
    const { done, value } = await reader.read().finally(() => clearTimeout(silence))
    if (done) return
    onBytes()
    const events = parser.push(decoder.decode(value, { stream: true }))
    if (events.some(({ name }) => name === 'changed')) onChanged()
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      resolve()
    }
    const timer = setTimeout(stop, ms)
    signal.addEventListener('abort', stop)
  })
}
