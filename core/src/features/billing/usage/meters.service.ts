import { NotFound, newId, type Page, type PageRequest } from '../../../kernel/index.ts'
import { isUniqueViolation } from '../../../platform/database/index.ts'
import { CodeTaken } from '../billing.errors.ts'
import { readFields } from '../fields.ts'
import { type Meter, type MeterInput, meterFields } from './meter.ts'
import type { UsageScope } from './usage.scope.ts'

/** How a tenant counts what its customers use. */
export class MetersService {
  readonly #scope: UsageScope

  constructor(scope: UsageScope) {
    this.#scope = scope
  }

  /**
   * Makes a meter, which charges of plans and events name by its code. It never changes.
   *
   * @throws {@link InvalidValue}
   * @throws {@link CodeTaken}
   * @example
   * await billing.meters.create({
   *   code: 'storage', name: 'Storage', unit: 'GB', aggregation: 'max', valueProperty: 'gigabytes',
   * })
   */
  create(input: MeterInput): Promise<Meter> {
    return this.#scope.transaction(async (tx) => {
      const fields = readFields(meterFields, input)
      try {
        const made = { ...fields, id: newId(), createdAt: tx.clock.now() }
        const after = await tx.repos.meters.insert(made)
        await tx.record({ action: 'meter.created', subject: `meter:${after.id}`, after })
        return after
      } catch (error) {
        if (!isUniqueViolation(error, 'billing_meter_code_key')) throw error
        throw new CodeTaken({ what: 'meter', taken: fields.code }, { cause: error })
      }
    })
  }

  /**
   * Reads a meter by its code.
   *
   * @throws {@link NotFound}
   */
  getByCode(code: string): Promise<Meter> {
    return this.#scope.transaction((tx) => meterByCode(tx, code))
  }

  /** One page of meters, oldest first. */
  list(request: PageRequest = {}): Promise<Page<Meter>> {
    return this.#scope.transaction((tx) => tx.repos.meters.list(request))
  }
}

/**
 * Reads a meter by its code.
 *
 * @throws {@link NotFound}
 */
export async function meterByCode(
  { repos }: { readonly repos: Pick<UsageScope['repos'], 'meters'> },
  code: string,
): Promise<Meter> {
  const meter = (await repos.meters.listByCodes([code])).get(code)
  if (!meter) throw new NotFound({ what: 'meter', id: code })
  return meter
}
