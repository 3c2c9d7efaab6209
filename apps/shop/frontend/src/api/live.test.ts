import { expect, test } from 'vitest'
import { backoff, listen } from './live.ts'

test('Each failed try waits longer, up to half a minute', () => {
  const waits = [0, 1, 2, 3, 4, 5, 20].map((failures) => backoff(failures, () => 1))
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  expect(backoff(20, () => 0)).toBe(15_000)
})

test('Opening and events named changed ask for a new read, and the signal ends it', async () => {
  const closing = new AbortController()
  const pieces = ['retry: 2000\n\n', ': still here\n\n', 'event: chan', 'ged\ndata: {}\n\n']
  let changes = 0
  await listen({
    open: async () => new Response(streamOf(pieces)),
    onChanged: () => {
      changes += 1
      if (changes === 2) closing.abort()
    },
    signal: closing.signal,
  })
  expect(changes).toBe(2)
})

function streamOf(pieces: readonly string[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece))
      controller.close()
    },
  })
}
