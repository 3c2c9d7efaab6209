import type { ReactNode } from 'react'
import { Failure } from './failure.tsx'
import { SkeletonRows } from './skeleton.tsx'

/** Shows data once it is there, and rows or nothing before; keeps showing it when a later read fails. */
export function Loaded<Data>(props: {
  query: { data: Data | undefined; error: unknown; refetch: () => unknown }
  rows?: number
  children: (data: Data) => ReactNode
}) {
  const { data, error, refetch } = props.query
  if (data !== undefined) return props.children(data)
  if (error) return <Failure error={error} onRetry={() => void refetch()} />
  return props.rows === 0 ? null : <SkeletonRows count={props.rows ?? 3} />
}
