// @ts-check

/**
 * An amount of Stars.
 * @param {number} amount
 */
export function stars(amount) {
  return `${amount.toLocaleString('en')} ★`
}

/**
 * An amount with its currency, as YooKassa writes it.
 * @param {{ value: string, currency: string } | undefined} amount
 */
export function money(amount) {
  return amount ? `${amount.value} ${amount.currency}` : ''
}

/**
 * An instant, to the minute.
 * @param {string | number} instant ISO text, or seconds since 1970
 */
export function dateTime(instant) {
  return toDate(instant).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
}

/**
 * A day, as a chat divides its messages.
 * @param {number} seconds since 1970
 */
export function day(seconds) {
  return toDate(seconds).toLocaleDateString('en-GB', { dateStyle: 'long' })
}

/**
 * A time of the day.
 * @param {string | number} instant ISO text, or seconds since 1970
 * @param {boolean} [withSeconds]
 */
export function time(instant, withSeconds = false) {
  return toDate(instant).toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds ? { second: '2-digit' } : {}),
  })
}

/**
 * How far the sandbox's clock is ahead.
 * @param {number} ms
 */
export function span(ms) {
  const hours = Math.round(ms / 3_600_000)
  const days = Math.floor(hours / 24)
  const parts = [days ? `${days} d` : '', hours % 24 ? `${hours % 24} h` : ''].filter(Boolean)
  return parts.join(' ') || 'less than an hour'
}

/** @param {string | number} instant */
function toDate(instant) {
  return new Date(typeof instant === 'number' ? instant * 1_000 : instant)
}
