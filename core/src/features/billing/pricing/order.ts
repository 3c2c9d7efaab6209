/** The lesser of two amounts, or the earlier of two days. */
export function least<Value extends bigint | string>(one: Value, other: Value): Value {
  return one < other ? one : other
}

/** The greater of two amounts, or the later of two days. */
export function most<Value extends bigint | string>(one: Value, other: Value): Value {
  return one > other ? one : other
}
