/** A value of a form: Stripe nests lists and objects by brackets. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue }

/** An object of a form. */
export type FormObject = { [name: string]: FormValue }

/** Reads a form or a query such as `a[b][0]=c` into nested objects and lists. */
export function readForm(text: string): FormObject {
  const form: FormObject = emptyObject()
  for (const [name, value] of new URLSearchParams(text)) {
    const path = [...name.matchAll(/[^[\]]+/g)].map(([part]) => part)
    put(form, path, value)
  }
  return toObject(form)
}

function put(target: FormObject, [name = '', ...rest]: string[], value: string): void {
  if (rest.length === 0) {
    target[name] = value
    return
  }
  const inner = target[name]
  const next = isObject(inner) ? inner : emptyObject()
  target[name] = next
  put(next, rest, value)
}

/** An object whose names are 0, 1, 2 … is a list. */
function toValue(value: FormValue): FormValue {
  if (!isObject(value)) return value
  const names = Object.keys(value)
  const isList = names.length > 0 && names.every((name, index) => name === String(index))
  return isList ? Object.values(value).map(toValue) : toObject(value)
}

function toObject(form: FormObject): FormObject {
  return Object.fromEntries(Object.entries(form).map(([name, value]) => [name, toValue(value)]))
}

function emptyObject(): FormObject {
  return Object.create(null)
}

function isObject(value: FormValue | undefined): value is FormObject {
  return typeof value === 'object' && !Array.isArray(value)
}
