import { Failure, Field } from '@gramkit/mini-app/ui'
import { Button } from '@telegram-apps/telegram-ui'
import { type FormEvent, useState } from 'react'
import { focusWrong } from '../ui/focus-wrong.ts'
import { useAdminTexts } from './texts/texts.ts'
import { typedCount, typedShare } from './typed-figures.ts'
import { useAct } from './use-act.ts'

const RATES = ['churn', 'fraud', 'engagement'] as const

type Typed = Readonly<Record<(typeof RATES)[number] | 'sample', string>>

const NOTHING: Typed = { churn: '', fraud: '', engagement: '', sample: '' }

/** Gives figures by hand where nothing can be measured yet, or something else is known. */
export function FiguresForm() {
  const words = useAdminTexts()
  const act = useAct()
  const [typed, setTyped] = useState(NOTHING)
  const [isChecked, setChecked] = useState(false)
  const rates = {
    ...{ churn: typedShare(typed.churn), fraud: typedShare(typed.fraud) },
    engagement: typedShare(typed.engagement),
  }
  const sample = typedCount(typed.sample)
  const isSampleWrong = typed.sample !== '' && sample === undefined
  const type = (name: keyof Typed, text: string) => {
    setTyped({ ...typed, [name]: text })
    act.reset()
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setChecked(true)
    if (isSampleWrong || RATES.some((rate) => rates[rate] === undefined)) {
      return focusWrong(event.currentTarget)
    }
    const body = {
      ...{ churn_rate: rates.churn, fraud_rate: rates.fraud },
      ...{ engagement_rate: rates.engagement, sample },
    }
    act.mutate({ method: 'POST', path: '/api/quality/metrics', body })
  }
  return (
    <form className="form" noValidate onSubmit={submit}>
      {RATES.map((rate) => (
        <Field
          key={rate}
          label={words.gate.percent(words.metrics[rate])}
          wrong={isChecked && rates[rate] === undefined ? words.gate.wrongPercent : undefined}
          inputMode="decimal"
          maxLength={20}
          value={typed[rate]}
          onChange={({ target }) => type(rate, target.value)}
        />
      ))}
      <Field
        label={words.gate.sample}
        note={words.gate.sampleNote}
        wrong={isChecked && isSampleWrong ? words.gate.wrongSample : undefined}
        inputMode="numeric"
        maxLength={20}
        value={typed.sample}
        onChange={({ target }) => type('sample', target.value)}
      />
      {act.error ? <Failure error={act.error} onHide={act.reset} /> : null}
      {act.isSuccess ? <p role="status">{words.gate.posted}</p> : null}
      <Button type="submit" size="m" loading={act.isPending}>
        {words.gate.submitFigures}
      </Button>
    </form>
  )
}
