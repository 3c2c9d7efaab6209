import { AppError } from '../../../kernel/index.ts'

/** A configuration or a plan names a plug-in that nobody registered. */
export class UnknownPlugIn extends AppError {
  readonly code = 'billing.unknown_plug_in'
  readonly kind = 'invalid'

  constructor(facts: { sort: string; name: string; known: readonly string[] }) {
    const known = facts.known.join(', ') || 'none'
    super(`There is no ${facts.sort} named ${facts.name}: known are ${known}`, { ...facts, known })
  }
}

/** A plug-in answered what no plug-in of its sort may answer. */
export class PlugInBroken extends AppError {
  readonly code = 'billing.plug_in_broken'
  readonly kind = 'internal'

  constructor(facts: { sort: string; name: string; problem: string }, options?: ErrorOptions) {
    super(`The ${facts.sort} ${facts.name} ${facts.problem}`, facts, options)
  }
}
