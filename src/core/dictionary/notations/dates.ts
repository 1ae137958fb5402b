// Dates as text: whether one exists, which no notation may leave to a library that turns the 30th of February into March.

const iso =
  /^(?:[+-]\d{2})?(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?: ?(?:[Zz]|[+-](\d\d)(?::?(\d\d))?))?)?$/;

/**
 * Whether a text is a date of ISO 8601, perhaps with a time and an offset, that exists in the calendar. Leap seconds are none: no
 * program whose notation is read here has them.
 */
export function isIsoDate(text: string): boolean {
  const found = iso.exec(text);
  if (found === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offsetHour = 0, offsetMinute = 0] = found
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  const time = hour <= 23 && minute <= 59 && second <= 59 && offsetHour <= 23 && offsetMinute <= 59;
  return time && dayExists(year, month, day);
}

/** Whether the proleptic Gregorian calendar has a day. */
export function dayExists(year: number, month: number, day: number): boolean {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return month >= 1 && month <= 12 && day >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
