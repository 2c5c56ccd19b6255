/** As Zoom writes times: UTC, without milliseconds. */
export function zoomTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** yyyy-mm-dd, in UTC. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

/** The beginning of the day, or undefined for what is no date. */
export function startOfDay(day: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined
  const ms = Date.parse(`${day}T00:00:00Z`)
  return Number.isNaN(ms) || dayOf(ms) !== day ? undefined : ms
}

/** Minutes and seconds, with hours before them where there are any: 30:00, 01:02:03. */
export function clockDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60]
  const hours = Math.floor(seconds / 3600)
  return (hours > 0 ? [hours, ...parts] : parts)
    .map(part => String(part).padStart(2, '0'))
    .join(':')
}

export const minuteMs = 60_000
export const dayMs = 24 * 60 * minuteMs
