/**
 * TypeScript 7 has no API for other programs to call, so the one that needs it brings its own.
 * A peer cannot be replaced by `overrides` or `packageExtensions`: a root with 7 still wins.
 */
export const hooks = {
  readPackage(manifest) {
    if (manifest.name === 'openapi-typescript') {
      delete manifest.peerDependencies.typescript
      manifest.dependencies.typescript = '5.9.3'
    }
    return manifest
  },
}
