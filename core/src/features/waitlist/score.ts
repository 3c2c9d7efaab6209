import { z } from 'zod'
import { defineSetting, type Setting } from '../../platform/settings/index.ts'

/** What somebody on the waitlist says they are. */
export const PERSONAS = [
  'solo_founder',
  'small_team',
  'agency',
  'content_creator',
  'other',
] as const

/** What somebody on the waitlist says they are. */
export type Persona = (typeof PERSONAS)[number]

/** By which weights somebody is scored: those of everybody, or those that an experiment tries. */
export const COHORTS = ['control', 'trial'] as const

/** By which weights somebody is scored. */
export type Cohort = (typeof COHORTS)[number]

/** All that a score depends on: entries of which it is the same are one class. */
export interface Features {
  readonly persona: Persona
  /** The use case has more than 20 words. */
  readonly isDetailed: boolean
  /** The use case names one of the keywords, as a whole word. */
  readonly hasKeyword: boolean
  /** Qualified referrals, up to {@link REFERRALS_MAX}. */
  readonly referrals: number
  readonly cohort: Cohort
}

const points = z.int().min(0).max(1_000)

/** What each feature adds to a score. */
export const weightsSchema = z.strictObject({
  persona: z.strictObject({
    solo_founder: points,
    small_team: points,
    agency: points,
    content_creator: points,
    other: points,
  }),
  /** For a use case of more than 20 words. */
  detail: points,
  /** For a use case with a keyword. */
  keyword: points,
  /** For each qualified referral. */
  referral: points,
  /** Most that referrals add together. */
  referralMax: points,
})

/** What each feature adds to a score. */
export type Weights = z.output<typeof weightsSchema>

/** By what the waitlist is ordered; an administrator may change it at any time. */
export const waitlistWeights: Setting<Weights> = defineSetting({
  name: 'waitlist.weights',
  schema: weightsSchema,
  initial: {
    persona: { solo_founder: 10, small_team: 15, agency: 20, content_creator: 8, other: 5 },
    detail: 10,
    keyword: 5,
    referral: 2,
    referralMax: 20,
  },
})

/** What a score consists of. */
export interface ScoreComponents {
  readonly persona: number
  readonly detail: number
  readonly keyword: number
  readonly referrals: number
}

/** The weights of each cohort. */
export type CohortWeights = Readonly<Record<Cohort, Weights>>

/** Referrals beyond these add nothing, whatever the weights. */
export const REFERRALS_MAX = 100

const DETAILED_WORDS = 20
const KEYWORDS = ['marketing', 'content', 'automation', 'time']
const WORD = /[\p{L}\p{N}_]+/gu

/** Tells what in a use case counts. */
export function featuresOf(useCase: string): Pick<Features, 'isDetailed' | 'hasKeyword'> {
  const words = useCase.split(/\s+/u).filter((word) => word !== '')
  const named = new Set(useCase.toLowerCase().match(WORD))
  return {
    isDetailed: words.length > DETAILED_WORDS,
    hasKeyword: KEYWORDS.some((keyword) => named.has(keyword)),
  }
}

/** What the parts of a score are; `gramkit.waitlist_scores` of the database adds up the same. */
export function componentsOf(features: Features, weights: Weights): ScoreComponents {
  const { persona, isDetailed, hasKeyword, referrals } = features
  return {
    persona: weights.persona[persona],
    detail: isDetailed ? weights.detail : 0,
    keyword: hasKeyword ? weights.keyword : 0,
    referrals: Math.min(referrals * weights.referral, weights.referralMax),
  }
}

/** The score that parts make together. */
export function scoreOf({ persona, detail, keyword, referrals }: ScoreComponents): number {
  return persona + detail + keyword + referrals
}
