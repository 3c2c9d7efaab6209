import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Edit } from './money-key.ts'

const run = promisify(execFile)

/** A copy of the committed workspace that may be broken. */
export interface WorkspaceCopy extends AsyncDisposable {
  readonly folder: string
  /** Makes the edits and gives what puts the files back. */
  edit(edits: readonly Edit[]): Promise<() => Promise<void>>
}

/** Checks HEAD out in a temporary folder and lends it the installed packages. */
export async function copyWorkspace(root: string): Promise<WorkspaceCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'gramkit-proof-'))
  await run('git', ['worktree', 'add', '--detach', '--force', folder, 'HEAD'], { cwd: root })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const member of await listMembers(root)) {
    // Copied link by link: relative ones then lead to the copy's own packages, not the originals.
    await cp(join(root, member, 'node_modules'), join(folder, member, 'node_modules'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !source.includes('/.vite'),
    })
  }
  return {
    folder,
    edit: async (edits) => {
      const originals = new Map<string, string>()
      for (const { file } of edits) {
        const path = join(folder, file)
        if (!originals.has(path)) originals.set(path, await readFile(path, 'utf8'))
      }
      for (const edit of edits) {
        const path = join(folder, edit.file)
        await writeFile(path, applied(await readFile(path, 'utf8'), edit))
      }
      return async () => {
        for (const [path, text] of originals) await writeFile(path, text)
      }
    },
    [Symbol.asyncDispose]: async () => {
      await run('git', ['worktree', 'remove', '--force', folder], { cwd: root })
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A text with an edit made; the place must be the only one, or the first after its mark. */
export function applied(text: string, { file, after, find, replace }: Edit): string {
  const from = after === undefined ? 0 : text.indexOf(after)
  const at = from < 0 ? -1 : text.indexOf(find, from)
  if (at < 0) throw new Error(`${file} does not hold «${find}»: bring the list up to date`)
  if (after === undefined && text.indexOf(find, at + 1) >= 0) {
    throw new Error(`${file} holds «${find}» more than once: say after what`)
  }
  return text.slice(0, at) + replace + text.slice(at + find.length)
}

async function listMembers(root: string): Promise<string[]> {
  const { stdout } = await run('git', ['ls-files', '*/package.json'], { cwd: root })
  const members = stdout
    .trim()
    .split('\n')
    .map((path) => path.slice(0, -'/package.json'.length))
  const installed = await Promise.all(
    members.map(async (member) =>
      (await readdir(join(root, member))).includes('node_modules') ? [member] : [],
    ),
  )
  return installed.flat()
}
