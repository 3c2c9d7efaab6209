/** Every plain text with the path to it, for tests of both languages; what functions make is left out. */
export function plainTexts(part: object, path = ''): [path: string, text: string][] {
  return Object.entries(part).flatMap(([key, value]: [string, unknown]) => {
    const here = `${path}.${key}`
    const own: [string, string][] = typeof value === 'string' ? [[here, value]] : []
    return typeof value === 'object' && value !== null ? plainTexts(value, here) : own
  })
}
