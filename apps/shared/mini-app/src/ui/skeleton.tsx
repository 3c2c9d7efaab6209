import { Cell, Section } from '@telegram-apps/telegram-ui'
import { useSpeech } from './speech.ts'

/** Rows that will be here in a moment. */
export function SkeletonRows({ count = 3 }: { count?: number }) {
  const { loading } = useSpeech()
  return (
    <div role="status" aria-label={loading}>
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
