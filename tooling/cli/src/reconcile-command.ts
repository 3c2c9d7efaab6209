import type { Reconciliation } from '@gramkit/core/payments'
import { APP_ENVIRONMENT, withApp } from './app.ts'
import { APP_OPTION, type Call, type Command, type ExitCode } from './command.ts'
import { WrongUsage } from './failures.ts'
import { counted, mark } from './screen.ts'

/** `gramkit reconcile` */
export const reconcileCommand: Command = {
  name: 'reconcile',
  summary: 'Compares the books of the providers with ours and takes in what never reached us.',
  options: {
    app: APP_OPTION,
    gateway: { value: 'name', about: 'Only this one, such as telegram-stars. [all]' },
  },
  environment: APP_ENVIRONMENT,
  notes: [
    'The worker does the same once an hour. Harmless to repeat, also while the app runs. Ends with 1',
    'when differences stay: a person has to look at each.',
  ],
  run: runReconcile,
}

async function runReconcile(call: Call): Promise<ExitCode> {
  const only = call.texts.get('gateway')
  return withApp(call, async ({ platform }) => {
    const { gateways, reconciliation } = platform.core
    if (only !== undefined && !gateways.get(only)?.readBooks) {
      throw new WrongUsage(`The app has no gateway ${only} that shows its books.`)
    }
    call.tell('Reading the books of the providers …')
    const found = await reconciliation.reconcile(only)
    for (const one of found) sayFound(one, call)
    if (found.length === 0) call.say('No gateway of this app shows its books.')
    return found.every(({ differences }) => differences.length === 0) ? 0 : 1
  })
}

function sayFound({ gateway, checked, repaired, differences }: Reconciliation, call: Call): void {
  const isFine = differences.length === 0
  call.say(
    `${mark(isFine ? 'ok' : 'problem')} ${gateway}: ${counted(checked, 'line')} compared, ` +
      `${repaired.length} repaired, ${counted(differences.length, 'difference')}`,
  )
  for (const { kind, providerPaymentId, paymentId } of repaired) {
    call.say(`    ${kind} ${providerPaymentId}: taken in as payment ${paymentId}`)
  }
  for (const { kind, providerPaymentId, paymentId, problem } of differences) {
    const ours = paymentId ? `, our payment ${paymentId}` : ''
    call.say(`    ${kind} ${providerPaymentId}${ours}: ${problem}`)
  }
}
