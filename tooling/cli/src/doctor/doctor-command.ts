import { APP_IF_ANY_OPTION, type Call, type Command, type ExitCode } from '../command.ts'
import { countOf, type FindingGroup, groupLines } from '../findings.ts'
import { counted, mark } from '../screen.ts'
import { examine } from './doctor.ts'

/** `gramkit doctor` */
export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Looks at configuration, database, queue and providers, and says what to do.',
  options: {
    app: APP_IF_ANY_OPTION,
    ledger: { about: 'Prove the ledger and the audit too; reads both whole.' },
    json: { about: 'Print the findings as JSON.' },
  },
  environment: {
    '…': 'The variables of the app: docs/reference/configuration.md.',
    GRAMKIT_OWNER_DATABASE_URL: 'To see pending migrations.',
  },
  notes: [
    'Changes nothing and prints no secret. Ends with 1 when there is a problem; warnings are for you',
    'to judge.',
  ],
  run: runDoctor,
}

async function runDoctor(call: Call): Promise<ExitCode> {
  const groups = await examine(call)
  const findings = groups.flatMap((group) => group.findings)
  const problems = countOf(findings, 'problem')
  if (call.flags.has('json')) {
    call.say(JSON.stringify({ ok: problems === 0, groups }, null, 2))
  } else {
    for (const line of groupLines(groups)) call.say(line)
    call.say('')
    call.say(summary(groups))
  }
  return problems === 0 ? 0 : 1
}

function summary(groups: readonly FindingGroup[]): string {
  const findings = groups.flatMap((group) => group.findings)
  const problems = countOf(findings, 'problem')
  const warnings = countOf(findings, 'warning')
  const level = problems > 0 ? 'problem' : warnings > 0 ? 'warning' : 'ok'
  const fine = `${countOf(findings, 'ok')} of ${findings.length} are well`
  return `${mark(level)} ${counted(problems, 'problem')}, ${counted(warnings, 'warning')}; ${fine}.`
}
