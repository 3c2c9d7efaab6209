import { fileURLToPath } from 'node:url'
import { pages } from '@gramkit/core/http/pages'

/** Where the launchpad is, below the public address. */
export const JOIN_PATH = '/join'

/** Where the frontend's build is. */
export const PAGES_FOLDER = fileURLToPath(new URL('../../frontend/dist', import.meta.url))

/** Serves the built pages. */
export const joinPages = pages({
  path: `${JOIN_PATH}/`,
  folder: PAGES_FOLDER,
  howToBuild: 'Build it: pnpm --filter @gramkit/launchpad-frontend build',
  views: ['redeem', 'me', 'admin'],
})
