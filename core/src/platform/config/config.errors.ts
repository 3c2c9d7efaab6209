import { AppError } from '../../kernel/index.ts'

/** One variable that stops the start. */
export interface VariableFault {
  readonly name: string
  /** What it was; a secret is only described. */
  readonly was: string
  readonly should: string
}

/** The environment does not make a configuration; the message names every variable to change. */
export class ConfigInvalid extends AppError {
  readonly code = 'config.invalid'
  readonly kind = 'internal'
  readonly faults: readonly VariableFault[]

  constructor(faults: readonly VariableFault[]) {
    const lines = faults.map(({ name, was, should }) => `  ${name} ${was}; it should be ${should}`)
    super(`The configuration is not usable:\n${lines.join('\n')}`, {
      variables: faults.map(({ name }) => name).join(', '),
    })
    this.faults = faults
  }
}
