import { Cell, Section } from '@telegram-apps/telegram-ui'
import { useShop } from '../shop-context.ts'

/** Rows that will be here in a moment. */
export function SkeletonRows({ count = 3 }: { count?: number }) {
  const { texts } = useShop()
  return (
    <div role="status" aria-label={texts.loading}>
      <Section>
        {Array.from({ length: count }, (_, row) => (
          <Cell
            key={row}
            description={<span className="bone bone-long" />}
            after={<span className="bone bone-button" />}
          >
            <span className="bone" />
          </Cell>
        ))}
      </Section>
    </div>
  )
}
