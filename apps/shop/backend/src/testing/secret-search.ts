/** How much of a secret in a row counts as the secret: less may be chance. */
const PART = 16

/** Looks for secrets in texts: whole, in parts, and as headers, addresses and JSON write them. */
export class SecretSearch {
  readonly #parts = new Map<string, string>()

  /** Adds a secret under a name that a finding may tell. */
  add(name: string, secret: string): void {
    if (secret.length < PART) throw new Error(`${name} is too short to be looked for`)
    for (const form of formsOf(secret)) {
      for (let start = 0; start + PART <= form.length; start++) {
        this.#parts.set(form.slice(start, start + PART), name)
      }
    }
  }

  /** Names of the secrets that a text holds. */
  in(text: string): string[] {
    const found = new Set<string>()
    for (let start = 0; start + PART <= text.length; start++) {
      const name = this.#parts.get(text.slice(start, start + PART))
      if (name) found.add(name)
    }
    return [...found]
  }
}

function formsOf(secret: string): string[] {
  // Base64 of a secret inside something longer depends on where it stands in a group of three.
  const shifted = ['', 'x', 'xx'].flatMap((before) =>
    (['base64', 'base64url'] as const).map((encoding) =>
      Buffer.from(`${before}${secret}`)
        .toString(encoding)
        .replace(/=+$/, '')
        .slice(before ? 4 : 0, -2),
    ),
  )
  const hex = Buffer.from(secret).toString('hex')
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), hex, ...shifted]
}
