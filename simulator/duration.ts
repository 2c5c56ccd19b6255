const unitMs = {
  ms: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  w: 604_800_000,
  week: 604_800_000
} as const

const unitsByName = new Map<string, number>(Object.entries(unitMs))

// ISO 8601 without years and months, whose length depends on where one stands: P[nW][nD]T[nH][nM][n.nS]
const iso8601 =
  /^P(?=.)(?:([\d.]+)W)?(?:([\d.]+)D)?(?:T(?=.)(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/
const words = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i

/** Milliseconds of `PT3M`, `P1DT12H`, `3 min`, `250 ms`, `24 h`, `2 days`. */
export function parseDuration(text: string): number {
  const iso = iso8601.exec(text)
  if (iso) {
    const [, weeks, days, hours, minutes, seconds] = iso
    const ms =
      Number(weeks ?? 0) * unitMs.week +
      Number(days ?? 0) * unitMs.day +
      Number(hours ?? 0) * unitMs.hour +
      Number(minutes ?? 0) * unitMs.minute +
      Number(seconds ?? 0) * unitMs.second
    if (Number.isFinite(ms)) return ms
  }
  const [, amount = '', name = ''] = words.exec(text.trim()) ?? []
  const unit =
    unitsByName.get(name.toLowerCase()) ?? unitsByName.get(name.toLowerCase().replace(/s$/, ''))
  if (unit === undefined) {
    throw new RangeError(`a duration looks like PT3M, "3 min" or "24 h", got "${text}"`)
  }
  return Number(amount) * unit
}
