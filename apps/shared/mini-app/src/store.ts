/** Small texts that outlive a reload. */
export interface TextStore {
  get(key: string): string | undefined
  set(key: string, value: string): void
  remove(key: string): void
}

/** A store for as long as the page lives; stands in where the browser refuses to keep anything. */
export function memoryStore(): TextStore {
  const kept = new Map<string, string>()
  return {
    get: (key) => kept.get(key),
    set: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
  }
}

/** The browser's storage, or memory where a webview blocks it. */
export function browserStore(open: () => Storage): TextStore {
  const storage = usable(open)
  if (!storage) return memoryStore()
  return {
    get: (key) => storage.getItem(key) ?? undefined,
    set: (key, value) => storage.setItem(key, value),
    remove: (key) => storage.removeItem(key),
  }
}

/** The part of a store whose keys begin with a prefix: people who share a browser stay apart. */
export function scopedStore(store: TextStore, prefix: string): TextStore {
  return {
    get: (key) => store.get(prefix + key),
    set: (key, value) => store.set(prefix + key, value),
    remove: (key) => store.remove(prefix + key),
  }
}

function usable(open: () => Storage): Storage | undefined {
  try {
    const storage = open()
    storage.setItem('gramkit.probe', '1')
    storage.removeItem('gramkit.probe')
    return storage
  } catch {
    return undefined
  }
}
