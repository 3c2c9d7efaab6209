import { ConfirmDialog, Failure } from '@gramkit/mini-app/ui'
import { Button } from '@telegram-apps/telegram-ui'
import { useState } from 'react'
import { useAct } from '../api/queries.ts'
import type { Invoice } from '../api/wire.ts'
import { useDesk } from '../desk-context.tsx'

type Step = 'finalize' | 'void' | 'writeOff'

const PATHS = { finalize: 'finalize', void: 'void', writeOff: 'write-off' } as const

/** What can be done in each state; what is paid is corrected by a credit note. */
const STEPS: Readonly<Record<Invoice['state'], readonly Step[]>> = {
  draft: ['finalize'],
  finalized: ['void', 'writeOff'],
  partially_paid: ['writeOff'],
  overdue: ['void', 'writeOff'],
  paid: [],
  void: [],
  uncollectible: [],
}

/** Steps of an invoice that are not taken back, each asked about first. */
export function InvoiceSteps({ invoice }: { invoice: Invoice }) {
  const { texts } = useDesk()
  const act = useAct()
  const [asked, setAsked] = useState<Step>()
  const wasPaid = invoice.paid !== '0' || invoice.credited !== '0'
  const steps = STEPS[invoice.state].filter((step) => step !== 'void' || !wasPaid)
  if (steps.length === 0 && !act.error) return null
  return (
    <>
      <div className="actions">
        {steps.map((step) => (
          <Button
            key={step}
            size="m"
            mode={step === 'finalize' ? 'filled' : 'bezeled'}
            loading={act.isPending}
            onClick={() => setAsked(step)}
          >
            {texts.invoiceSteps[step].name}
          </Button>
        ))}
      </div>
      {act.error ? <Failure error={act.error} onHide={act.reset} /> : null}
      {asked ? (
        <ConfirmDialog
          title={texts.invoiceSteps[asked].title}
          note={texts.invoiceSteps[asked].note}
          yes={texts.invoiceSteps[asked].name}
          no={texts.cancel}
          onYes={() => {
            act.mutate({ path: `invoices/${invoice.id}/${PATHS[asked]}` })
            setAsked(undefined)
          }}
          onNo={() => setAsked(undefined)}
        />
      ) : null}
    </>
  )
}
