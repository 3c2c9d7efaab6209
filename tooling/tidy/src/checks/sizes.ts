import { type Check, isTest, sourcesIn, type TreeFile } from '../tree.ts'

/** Where to ask whether a file is two; where it certainly is. */
const SOURCE_LINES_MAX = 500
const TEST_LINES_MAX = 800
const README_LINES_MAX = 60

/** No file grows for ever, and a feature that needs more than a page of explanation is two. */
export const checkSizes: Check = (files) => [
  ...sourcesIn(files).flatMap((file) => {
    const max = isTest(file.path) ? TEST_LINES_MAX : SOURCE_LINES_MAX
    const lines = linesOf(file)
    return lines > max ? [{ path: file.path, message: `${lines} lines: split the noun` }] : []
  }),
  ...files
    .filter(({ path }) => /^core\/src\/features\/.*README\.md$/.test(path))
    .flatMap((file) => {
      const lines = linesOf(file)
      return lines > README_LINES_MAX
        ? [{ path: file.path, message: `${lines} lines; ${README_LINES_MAX} are enough` }]
        : []
    }),
]

/** Median, 90th percentile and largest of the sources, for the report. */
export function sizeReport(files: readonly TreeFile[]): string {
  const sizes = sourcesIn(files)
    .filter(({ path }) => !isTest(path))
    .map((file) => ({ path: file.path, lines: linesOf(file) }))
    .sort((a, b) => a.lines - b.lines)
  const at = (share: number): number => sizes[Math.floor((sizes.length - 1) * share)]?.lines ?? 0
  const largest = sizes.slice(-5).reverse()
  return [
    `${sizes.length} sources: median ${at(0.5)} lines, 90 % under ${at(0.9)}, most ${at(1)}`,
    ...largest.map(({ path, lines }) => `  ${lines} ${path}`),
  ].join('\n')
}

function linesOf({ text }: TreeFile): number {
  return text.trimEnd().split('\n').length
}
