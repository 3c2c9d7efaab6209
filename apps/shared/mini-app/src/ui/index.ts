/**
 * Small components that say the same things in every app; {@link SpeechContext} gives them the words.
 *
 * @module
 */
export { ConfirmDialog } from './confirm-dialog.tsx'
export { Failure } from './failure.tsx'
export { Loaded } from './loaded.tsx'
export { SkeletonRows } from './skeleton.tsx'
export { type Speech, SpeechContext } from './speech.ts'
