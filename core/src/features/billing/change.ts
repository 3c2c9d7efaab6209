/** Something that was made, changed or removed, as the audit keeps it. */
export interface Change {
  /** What was done, as `<noun>.<past>`. */
  readonly action: string
  /** To what, as `<noun>:<id>`. */
  readonly subject: string
  /** What it was; nothing for something new. [nothing] */
  readonly before?: object
  /** What it is; nothing for something removed. [nothing] */
  readonly after?: object
  /**
   * Fields that tell who a person is: the audit is never erased, so it names them and keeps their
   * values to itself. [none]
   */
  readonly personal?: readonly string[]
}

/** Fields that change with every write and tell nothing. */
const SILENT = ['tenantId', 'createdAt', 'updatedAt']

/** The values that differ, of before and after, as the texts that the audit keeps. */
export function changedFacts(change: Change): Record<string, string> {
  const before = writtenFields(change.before)
  const after = writtenFields(change.after)
  const names = [...new Set([...before.keys(), ...after.keys()])].sort()
  const changed = names.filter((name) => before.get(name) !== after.get(name))
  const facts = (fields: ReadonlyMap<string, string>): string => {
    const told = changed.flatMap((name) => {
      const value = fields.get(name)
      if (value === undefined) return []
      const isHidden = change.personal?.includes(name) && value !== 'null'
      return `${JSON.stringify(name)}:${isHidden ? '"(personal)"' : value}`
    })
    return `{${told.join(',')}}`
  }
  return {
    ...(change.before ? { before: facts(before) } : {}),
    ...(change.after ? { after: facts(after) } : {}),
  }
}

/** Each field's value as JSON; those that are undefined are none. */
function writtenFields(fields: object = {}): ReadonlyMap<string, string> {
  const exact = (_: string, value: unknown): unknown =>
    typeof value === 'bigint' ? value.toString() : value
  return new Map(
    Object.entries(fields)
      .filter(([name, value]) => !SILENT.includes(name) && value !== undefined)
      .map(([name, value]) => [name, JSON.stringify(value, exact)]),
  )
}
