import { fileURLToPath } from 'node:url'
import type { MigrationSet } from '@gramkit/core'

/** The shop's own tables; they refer to core's, so core migrates first. */
export const SHOP_MIGRATIONS: MigrationSet = {
  schema: 'shop',
  folder: fileURLToPath(new URL('../migrations', import.meta.url)),
}
