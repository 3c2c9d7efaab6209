import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'

/** Lets bytes pass, and knows how many they were and their checksum. */
export interface Measured {
  readonly stream: Transform
  /** What passed; ask when the stream has ended. */
  result(): { readonly bytes: number; readonly sha256: string }
}

/** Measures a stream on its way. */
export function measured(): Measured {
  const hash = createHash('sha256')
  let bytes = 0
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  return { stream, result: () => ({ bytes, sha256: hash.digest('hex') }) }
}
