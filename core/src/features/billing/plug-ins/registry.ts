import { assert } from '../../../kernel/index.ts'
import { UnknownPlugIn } from './plug-ins.errors.ts'

/** Plug-ins of one sort, each under a name. */
export class Registry<PlugIn> {
  readonly #sort: string
  readonly #plugIns = new Map<string, PlugIn>()

  constructor(sort: string) {
    this.#sort = sort
  }

  /** Adds a plug-in; a name is given once. */
  register(name: string, plugIn: PlugIn): this {
    assert(!this.#plugIns.has(name), `There is a ${this.#sort} named ${name} already`)
    this.#plugIns.set(name, plugIn)
    return this
  }

  /**
   * The plug-in of a name.
   *
   * @throws {@link UnknownPlugIn} listing those there are
   */
  get(name: string): PlugIn {
    const plugIn = this.#plugIns.get(name)
    if (plugIn === undefined) {
      throw new UnknownPlugIn({ sort: this.#sort, name, known: [...this.#plugIns.keys()].sort() })
    }
    return plugIn
  }
}
