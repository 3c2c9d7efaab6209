import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { listen } from './api/live.ts'
import { useShop } from './shop-context.tsx'

/** Reads everything on the screen again whenever the server says that something changed. */
export function useLiveUpdates(): void {
  const { openStream } = useShop()
  const queries = useQueryClient()
  useEffect(() => {
    const closing = new AbortController()
    void listen({
      open: openStream,
      onChanged: () =>
        // A visit begins once; everything else is what the server says now.
        void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'visit' }),
      signal: closing.signal,
    })
    return () => closing.abort()
  }, [queries, openStream])
}
