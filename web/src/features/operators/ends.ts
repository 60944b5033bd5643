/** The end of a suspension, as a field `datetime-local` has it: a local time without a time zone. */

/** Return the instant of a field's value. It is null for an empty field, and undefined if it isn't in the future. */
export function instantOf(value: string, nowMs: number): string | null | undefined {
  if (value === '') return null
  const end = new Date(value)
  return end.getTime() > nowMs ? end.toISOString() : undefined
}

/** Return the value of a field for an instant, to the minute. */
export function fieldValue(instant: string | null): string {
  if (instant === null) return ''
  const local = new Date(instant)
  const two = (part: number) => String(part).padStart(2, '0')
  const day = [local.getFullYear(), two(local.getMonth() + 1), two(local.getDate())].join('-')
  return `${day}T${two(local.getHours())}:${two(local.getMinutes())}`
}
