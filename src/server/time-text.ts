/** Unix seconds as RFC 3339, null when they are no time. */
export function timeText(seconds: number): string | null {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
