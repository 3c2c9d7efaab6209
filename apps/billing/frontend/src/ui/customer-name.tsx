import { useQuery } from '@tanstack/react-query'
import { deskQuery } from '../api/queries.ts'
import { customerWire } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'
import { hashOf } from '../route.ts'

const SELDOM_MS = 300_000

/** Leads to a customer, by name. */
export function CustomerName({ id }: { id: string }) {
  const { texts } = useDesk()
  const customer = useCustomer(id)
  return (
    <a href={hashOf('customers', id)}>
      {customer ? (customer.company ?? customer.name) : texts.customer.one}
    </a>
  )
}

/** A customer, read once for all who name it. */
export function useCustomer(id: string) {
  const desk = useDesk()
  const { data } = useQuery({
    ...deskQuery(desk, customerWire, `customers/${id}`),
    refetchInterval: false,
    staleTime: SELDOM_MS,
  })
  return data
}
