import type { Ask } from '@gramkit/mini-app/requests'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLaunchpad } from '../launchpad-context.tsx'
import { ADMIN_KEY } from './queries.ts'

/** Something to be done: where, and with what. */
export type Act = Ask & { readonly path: string }

/** Does what an administrator wants, and reads again what it changed. */
export function useAct() {
  const { adminApi } = useLaunchpad()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ path, ...ask }: Act) => adminApi.tell(path, ask),
    onSettled: () => queries.invalidateQueries({ queryKey: [ADMIN_KEY] }),
  })
}
