import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { CommandFailed } from '../failures.ts'

/** Layout of a backup; raised when an older restore could not read it. */
export const BACKUP_FORMAT = 1

/** The file that makes a folder a backup; it is written last. */
export const MANIFEST = 'manifest.json'

const name = z.string().min(1).max(63)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const wholeNumber = z.int().min(0)

const manifestSchema = z.object({
  format: z.literal(BACKUP_FORMAT),
  /** Version of @gramkit/core that made it. */
  kit: z.string(),
  /** Version of the PostgreSQL it was taken from. */
  server: z.string(),
  takenAt: z.iso.datetime(),
  /** Migrations that the database had, schema by schema, oldest first. */
  migrations: z.array(z.object({ schema: name, writtenAt: wholeNumber, hash: sha256 })),
  tables: z.array(
    z.object({
      schema: name,
      name,
      columns: z.array(name),
      /** Beside the manifest: the rows as COPY writes them as text, compressed by gzip. */
      file: z.string().regex(/^[^/\\]+\.copy\.gz$/),
      rows: wholeNumber,
      /** Size and checksum of the rows before they were compressed. */
      bytes: wholeNumber,
      sha256,
    }),
  ),
  /** Sequences that were used, with the last number each has given. */
  sequences: z.array(z.object({ schema: name, name, lastValue: z.string().regex(/^-?\d+$/) })),
})

/** What a backup holds. */
export type Manifest = z.output<typeof manifestSchema>

/** One table of a backup. */
export type BackupTable = Manifest['tables'][number]

/**
 * Reads what a folder holds.
 *
 * @throws {@link CommandFailed} when it is no finished backup of this format
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(() => {
    throw new CommandFailed(
      `${folder} is no finished backup: it holds no ${MANIFEST}, which is written last.`,
    )
  })
  const parsed = manifestSchema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new CommandFailed(
    `${join(folder, MANIFEST)} is damaged or of another format than ${BACKUP_FORMAT}: ` +
      `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'unreadable'}.`,
  )
}

/** The schemas of a backup, in the order of its migrations. */
export function schemasOf({ migrations }: Pick<Manifest, 'migrations'>): string[] {
  return [...new Set(migrations.map(({ schema }) => schema))]
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
