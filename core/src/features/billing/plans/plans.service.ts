import type { z } from 'zod'
import {
  InvalidValue,
  NotFound,
  newId,
  type Page,
  type PageRequest,
} from '../../../kernel/index.ts'
import { isUniqueViolation } from '../../../platform/database/index.ts'
import { CodeTaken } from '../billing.errors.ts'
import { type Changes, laidOver, readFields } from '../fields.ts'
import { type Charge, isUsage, readCharges } from '../pricing/charge.ts'
import {
  type Plan,
  type PlanInput,
  type PlanTermsInput,
  type PlanVersion,
  type PlanView,
  planFields,
  planTerms,
  writtenCharges,
} from './plan.ts'
import { NothingToPublish, PlanArchived } from './plans.errors.ts'
import type { PlansScope } from './plans.scope.ts'

/**
 * What a tenant sells. What a plan costs is written into a draft, and published: from then on that
 * version never changes, and whoever has it keeps it.
 */
export class PlansService {
  readonly #scope: PlansScope

  constructor(scope: PlansScope) {
    this.#scope = scope
  }

  /**
   * Makes a plan, with its first version as a draft.
   *
   * @throws {@link InvalidValue}
   * @throws {@link CodeTaken}
   * @example
   * const plan = await billing.plans.create({
   *   code: 'BASIC', name: 'Basic Plan', currency: 'USD', cycle: 'monthly',
   *   charges: [{ key: 'base', title: 'Basic Plan', model: 'flat', when: 'advance', rate: '29.99' }],
   * })
   * await billing.plans.publish(plan.id)
   */
  async create({ code, name, description, ...input }: PlanInput): Promise<PlanView> {
    const fields = readFields(planFields, { code, name, description })
    const terms = this.#readTerms(input)
    return this.#scope.transaction(async (tx) => {
      const now = tx.clock.now()
      const made = { ...fields, id: newId(), archivedAt: null, createdAt: now, updatedAt: now }
      const plan = await store(code, () => tx.repos.plans.insert(made))
      const first = { ...terms, id: newId(), planId: plan.id, number: 1, publishedAt: null }
      const draft = await tx.repos.planVersions.insert({ ...first, createdAt: now })
      const after = { ...plan, draft: told(draft) }
      await tx.record({ action: 'plan.created', subject: `plan:${plan.id}`, after })
      return { ...plan, current: null, draft }
    })
  }

  /**
   * Writes what the plan shall cost next: into its draft, or into a new one.
   *
   * @throws {@link NotFound}
   * @throws {@link InvalidValue}
   * @throws {@link PlanArchived}
   */
  async draft(planId: string, input: PlanTermsInput): Promise<PlanVersion> {
    const terms = this.#readTerms(input)
    return this.#scope.transaction(async (tx) => {
      await lockLive(tx, planId)
      const [newest] = await tx.repos.planVersions.listOfPlans([planId])
      const isDraft = newest?.publishedAt === null
      const number = (newest?.number ?? 0) + 1
      const made = { ...terms, id: newId(), planId, number, publishedAt: null }
      const after = isDraft
        ? await tx.repos.planVersions.update(newest.id, terms)
        : await tx.repos.planVersions.insert({ ...made, createdAt: tx.clock.now() })
      await tx.record({
        ...{ action: 'plan.drafted', subject: `plan:${planId}`, after: told(after) },
        ...(newest ? { before: told(newest) } : {}),
      })
      return after
    })
  }

  /**
   * Makes the draft what the plan costs for whoever begins it from now on.
   *
   * @throws {@link NotFound}
   * @throws {@link PlanArchived}
   * @throws {@link NothingToPublish}
   * @throws {@link InvalidValue} for a charge by a meter that nobody made
   */
  publish(planId: string): Promise<PlanVersion> {
    return this.#scope.transaction(async (tx) => {
      await lockLive(tx, planId)
      const [draft] = await tx.repos.planVersions.listOfPlans([planId])
      if (draft?.publishedAt !== null) throw new NothingToPublish({ planId })
      await refuseUnknownMeters(tx, draft)
      const publishedAt = tx.clock.now()
      const after = await tx.repos.planVersions.update(draft.id, { publishedAt })
      const subject = `plan:${planId}`
      const change = { before: told(draft), after: told(after) }
      await tx.record({ action: 'plan.published', subject, ...change })
      return after
    })
  }

  /**
   * Changes what a plan is called; what it costs stands in its versions.
   *
   * @throws {@link NotFound}
   * @throws {@link InvalidValue}
   * @throws {@link CodeTaken}
   */
  rename(
    planId: string,
    changes: Changes<Pick<PlanInput, 'code' | 'name' | 'description'>>,
  ): Promise<Plan> {
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.plans.getByIdWithLock(planId)
      const { code, name, description } = before
      const fields = readFields(planFields, laidOver({ code, name, description }, changes))
      const after = await store(fields.code, () =>
        tx.repos.plans.update(planId, { ...fields, updatedAt: tx.clock.now() }),
      )
      await tx.record({ action: 'plan.renamed', subject: `plan:${planId}`, before, after })
      return after
    })
  }

  /**
   * Lets nobody begin a plan any more; who has it keeps it. Again is no failure.
   *
   * @throws {@link NotFound}
   */
  archive(planId: string): Promise<Plan> {
    return this.#scope.transaction(async (tx) => {
      const before = await tx.repos.plans.getByIdWithLock(planId)
      if (before.archivedAt) return before
      const now = tx.clock.now()
      const after = await tx.repos.plans.update(planId, { archivedAt: now, updatedAt: now })
      await tx.record({ action: 'plan.archived', subject: `plan:${planId}`, before, after })
      return after
    })
  }

  /**
   * Reads a plan with its current version and its draft.
   *
   * @throws {@link NotFound}
   */
  get(planId: string): Promise<PlanView> {
    return this.#scope.transaction(async (tx) => view(tx, await tx.repos.plans.getById(planId)))
  }

  /**
   * Reads a plan by its code.
   *
   * @throws {@link NotFound}
   */
  getByCode(code: string): Promise<PlanView> {
    return this.#scope.transaction(async (tx) => {
      const found = await tx.repos.plans.findByCode(code)
      if (!found) throw new NotFound({ what: 'plan', id: code })
      return view(tx, found)
    })
  }

  /**
   * Reads one version, as those who have it keep it.
   *
   * @throws {@link NotFound}
   */
  getVersion(versionId: string): Promise<PlanVersion> {
    return this.#scope.transaction((tx) => tx.repos.planVersions.getById(versionId))
  }

  /** All versions of a plan, the newest first. */
  listVersions(planId: string): Promise<PlanVersion[]> {
    return this.#scope.transaction((tx) => tx.repos.planVersions.listOfPlans([planId]))
  }

  /** One page of the plans that can be begun, or of all, oldest first. */
  list(
    { which = 'live' }: { readonly which?: 'live' | 'all' | undefined } = {},
    request: PageRequest = {},
  ): Promise<Page<Plan>> {
    return this.#scope.transaction((tx) => tx.repos.plans.listPlans(which, request))
  }

  #readTerms({ charges, ...input }: PlanTermsInput): z.output<typeof planTerms> & {
    readonly charges: readonly Charge[]
  } {
    const terms = readFields(planTerms, input)
    const { pricingPlugIns: plugIns } = this.#scope
    return { ...terms, charges: readCharges(charges, { cycle: terms.cycle, plugIns }) }
  }
}

async function refuseUnknownMeters(tx: PlansScope, { charges }: PlanVersion): Promise<void> {
  const meters = charges.map((charge) => (isUsage(charge) ? charge.meter : undefined))
  const known = await tx.repos.meters.listByCodes(meters.flatMap((code) => code ?? []))
  const index = meters.findIndex((code) => code !== undefined && !known.has(code))
  if (index < 0) return
  throw new InvalidValue({
    ...{ field: `charges.${index}.meter`, problem: `is ${meters[index]}, the code of no meter` },
    remedy: 'make the meter first',
  })
}

/** A version as the audit tells it. */
function told({ charges, ...version }: PlanVersion): object {
  return { ...version, charges: writtenCharges(charges) }
}

async function view(tx: PlansScope, plan: Plan): Promise<PlanView> {
  const versions = await tx.repos.planVersions.listOfPlans([plan.id])
  return {
    ...plan,
    current: versions.find(({ publishedAt }) => publishedAt !== null) ?? null,
    draft: versions.find(({ publishedAt }) => publishedAt === null) ?? null,
  }
}

async function lockLive(tx: PlansScope, planId: string): Promise<void> {
  const plan = await tx.repos.plans.getByIdWithLock(planId, { mode: 'no key update' })
  if (plan.archivedAt) throw new PlanArchived({ planId })
}

/** Stores a plan under its code. */
async function store(code: string, write: () => Promise<Plan>): Promise<Plan> {
  try {
    return await write()
  } catch (error) {
    if (!isUniqueViolation(error, 'billing_plan_code_key')) throw error
    throw new CodeTaken({ what: 'plan', taken: code }, { cause: error })
  }
}
