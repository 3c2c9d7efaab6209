import { uuidv7 } from 'uuidv7'
import { z } from 'zod'

/** Makes a time-ordered id (RFC 9562 version 7, monotonic within the process). */
export function newId(): string {
  return uuidv7()
}

/** Schema of an id that comes from outside. */
export const idSchema = z.uuid()
