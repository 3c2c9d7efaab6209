import { AppError } from '../../kernel/index.ts'

/** The app declares no template of this id. */
export class TemplateUnknown extends AppError {
  readonly code = 'notifications.template_unknown'
  readonly kind = 'internal'

  constructor(facts: { template: string }) {
    super(`There is no template ${facts.template}: declare it where the platform is made`, facts)
  }
}

/** The app declares no topic of this id. */
export class TopicUnknown extends AppError {
  readonly code = 'notifications.topic_unknown'
  readonly kind = 'invalid'

  constructor(facts: { topic: string }) {
    super(`There is no topic ${facts.topic} to turn on or off`, facts)
  }
}

/** Quiet hours must be two different times of a day. */
export class QuietHoursInvalid extends AppError {
  readonly code = 'notifications.quiet_hours_invalid'
  readonly kind = 'invalid'

  constructor() {
    super('Quiet hours are two different times of day, such as 22:00 and 08:00')
  }
}
