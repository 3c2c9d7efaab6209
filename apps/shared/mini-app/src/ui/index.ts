/**
 * Small components that say the same things in every app; {@link SpeechContext} gives them the words.
 *
 * @module
 */

export { Card } from './card.tsx'
export { CHART_AXIS, CHART_LEGEND, CHART_TOOLTIP } from './chart-style.tsx'
export { ConfirmDialog } from './confirm-dialog.tsx'
export { DataTable } from './data-table.tsx'
export { Failure } from './failure.tsx'
export { Field, LabelledBy } from './field.tsx'
export { Loaded } from './loaded.tsx'
export { SkeletonRows } from './skeleton.tsx'
export { type Speech, SpeechContext } from './speech.ts'
export { When } from './when.tsx'
