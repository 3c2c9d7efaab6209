import { and, desc, eq, inArray, isNotNull, isNull } from 'drizzle-orm'
import type { Page, PageRequest } from '../../../kernel/index.ts'
import { type Executor, TenantRepository } from '../../../platform/database/index.ts'
import { chargesField } from '../pricing/charge.ts'
import { billingPlan, billingPlanVersion } from './plan.table.ts'
import { type Plan, type PlanVersion, writtenCharges } from './plan.ts'

type VersionRow = typeof billingPlanVersion.$inferSelect

/** Plans of one tenant. */
export class PlansRepository extends TenantRepository<typeof billingPlan> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingPlan)
  }

  /** Reads a plan by its code, or undefined. */
  async findByCode(code: string): Promise<Plan | undefined> {
    const [row] = await this.db
      .select()
      .from(billingPlan)
      .where(this.own(eq(billingPlan.code, code)))
    return row
  }

  /** One page of the plans that can be begun, or of all. */
  listPlans(which: 'live' | 'all', request: PageRequest): Promise<Page<Plan>> {
    return this.listWhere(which === 'live' ? isNull(billingPlan.archivedAt) : undefined, request)
  }
}

/** What the plans of one tenant cost, and have cost. */
export class PlanVersionsRepository {
  readonly #rows: PlanVersionRows

  constructor(db: Executor, tenantId: string) {
    this.#rows = new PlanVersionRows(db, tenantId)
  }

  /**
   * Reads a version.
   *
   * @throws {@link NotFound}
   */
  async getById(id: string): Promise<PlanVersion> {
    return toVersion(await this.#rows.getById(id))
  }

  /** Reads up to 1,000 versions; ids without one are left out. */
  async getByIds(ids: readonly string[]): Promise<PlanVersion[]> {
    return (await this.#rows.getByIds(ids)).map(toVersion)
  }

  /** All versions of some plans, the newest of each first. */
  async listOfPlans(planIds: readonly string[]): Promise<PlanVersion[]> {
    return (await this.#rows.listOfPlans(planIds)).map(toVersion)
  }

  /** The latest published version of each of some plans. */
  async listCurrent(planIds: readonly string[]): Promise<PlanVersion[]> {
    return (await this.#rows.listCurrent(planIds)).map(toVersion)
  }

  /** Writes a draft. */
  async insert(version: Omit<PlanVersion, 'tenantId'>): Promise<PlanVersion> {
    const charges = writtenCharges(version.charges)
    return toVersion(await this.#rows.insert({ ...version, charges }))
  }

  /** Changes a draft; the database refuses to change what is published. */
  async update(
    id: string,
    { charges, ...changes }: Partial<Omit<PlanVersion, 'tenantId' | 'id'>>,
  ): Promise<PlanVersion> {
    const written = charges ? { charges: writtenCharges(charges) } : {}
    return toVersion(await this.#rows.update(id, { ...changes, ...written }))
  }
}

class PlanVersionRows extends TenantRepository<typeof billingPlanVersion> {
  constructor(db: Executor, tenantId: string) {
    super(db, tenantId, billingPlanVersion)
  }

  listOfPlans(planIds: readonly string[]): Promise<VersionRow[]> {
    const { planId, number } = billingPlanVersion
    return this.db
      .select()
      .from(billingPlanVersion)
      .where(this.own(inArray(planId, [...planIds])))
      .orderBy(planId, desc(number))
  }

  listCurrent(planIds: readonly string[]): Promise<VersionRow[]> {
    const { planId, number, publishedAt } = billingPlanVersion
    return this.db
      .selectDistinctOn([planId])
      .from(billingPlanVersion)
      .where(this.own(and(inArray(planId, [...planIds]), isNotNull(publishedAt))))
      .orderBy(planId, desc(number))
  }
}

function toVersion({ charges, ...row }: VersionRow): PlanVersion {
  return { ...row, charges: chargesField.parse(charges) }
}
