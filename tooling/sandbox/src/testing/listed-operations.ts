import { readFile } from 'node:fs/promises'

const PAGE = new URL('../../../../docs/reference/http.md', import.meta.url)
const ROW = /^\| `([A-Z]+) (\/[^`?]*)[^`]*` \|/gm

/** Names of the operations that `docs/reference/http.md` lists, of paths that begin like this. */
export async function listedOperations(start: RegExp): Promise<string[]> {
  const page = await readFile(PAGE, 'utf8')
  return [...page.matchAll(ROW)]
    .map(([, method = '', path = '']) => ({ method, path }))
    .filter(({ path }) => start.test(path))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
}
