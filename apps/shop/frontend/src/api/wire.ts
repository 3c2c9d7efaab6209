import type { paths } from './schema.ts'

type Answer<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } }
}
  ? Body
  : never

type Item<Path extends keyof paths> = Answer<Path> extends { items: (infer One)[] } ? One : never

/** Who is logged in. */
export type User = Answer<'/api/v1/me'>

/** A person as others see them. */
export type Person = Item<'/api/v1/friendships'>

/** A login. */
export type Login = Item<'/api/v1/me/sessions'>

/** What somebody wants to hear of, and when not. */
export type Preferences = Answer<'/api/v1/notifications/preferences'>

/** What somebody changes about it. */
export type PreferencesChange = NonNullable<
  paths['/api/v1/notifications/preferences']['patch']['requestBody']
>['content']['application/json']

/** What opening the app came to. */
export type Visit =
  paths['/api/v1/me/visit']['post']['responses'][200]['content']['application/json']

/** What is sold. */
export type Product = Item<'/api/v1/products'>

/** A purchase. */
export type Payment = Item<'/api/v1/payments'>

/** One change of a balance. */
export type HistoryEntry = Item<'/api/v1/balance/{unit}/history'>

/** Access to a plan, over time. */
export type Subscription = Item<'/api/v1/subscriptions'>

/** How a change of plan deals with the time that is left. */
export type Proration = ChangeBody['proration']

/** Another plan, and how to change to it. */
export type ChangeBody = NonNullable<
  paths['/api/v1/subscriptions/{id}/change']['post']['requestBody']
>['content']['application/json']

/** A thing to be handed over. */
export type Order = Item<'/api/v1/orders'>

/** The body that starts a purchase. */
export type PaymentStart = NonNullable<
  paths['/api/v1/payments']['post']['requestBody']
>['content']['application/json']

/** A currency the shop counts in. */
export type Currency = PaymentStart['currency']
