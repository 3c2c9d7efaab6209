/**
 * People across features: what each part of the kit knows of a person, and what becomes of it when a
 * guest is merged into a user, when a person asks for their data, and when they are forgotten.
 *
 * @module
 */
export {
  adaptPersonPart,
  type BoundPersonPart,
  bindPeople,
  type PersonFacts,
  type PersonMerge,
  type PersonPart,
} from './person-part.ts'
export { PersonRows } from './person-rows.ts'
