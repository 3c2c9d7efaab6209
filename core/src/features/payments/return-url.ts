import { ReturnUrlNotAllowed } from './payments.errors.ts'

/**
 * Checks where a buyer is sent after paying: the same origin as one of the allowed prefixes, and a
 * path below it. Without a wish the first prefix is taken, and null where the app allows none.
 *
 * @throws {@link ReturnUrlNotAllowed}
 */
export function checkReturnUrl(
  wanted: string | undefined,
  allowed: readonly string[],
): string | null {
  if (wanted === undefined) return allowed[0] ?? null
  if (!URL.canParse(wanted)) throw new ReturnUrlNotAllowed()
  const url = new URL(wanted)
  const fits = allowed.some((prefix) => {
    const { origin, pathname } = new URL(prefix)
    const folder = pathname.endsWith('/') ? pathname : `${pathname}/`
    return url.origin === origin && (url.pathname === pathname || url.pathname.startsWith(folder))
  })
  if (!fits || url.username || url.password) throw new ReturnUrlNotAllowed()
  return url.href
}
