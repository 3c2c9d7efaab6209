import { fileURLToPath } from 'node:url'
import { pages } from '@gramkit/core/http/pages'

/** Where the shop's pages are, below the public address. */
export const MINI_APP_PATH = '/shop/'

/** Where the frontend's build is. */
export const MINI_APP_FOLDER = fileURLToPath(new URL('../../frontend/dist', import.meta.url))

/** Serves the built Mini App. */
export const miniApp = pages({
  path: MINI_APP_PATH,
  folder: MINI_APP_FOLDER,
  howToBuild: 'Build it: pnpm --filter @gramkit/shop-frontend build',
})
