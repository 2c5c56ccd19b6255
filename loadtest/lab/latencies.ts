import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram
} from 'hdr-histogram-js'

/*
 * Times from the intended start of something to its end. The intended start is when it was due, not when a
 * busy sender got round to it: what stood in a line has its waiting counted.
 */

const microseconds = 1_000

/** A whole distribution, as it is written down. */
export interface Latencies {
  count: number
  p50Ms: number
  p90Ms: number
  p99Ms: number
  p999Ms: number
  maxMs: number
  /** HdrHistogram, compressed, of microseconds. */
  histogram: string
}

/** Writes a distribution down; a time that is not a number has not come, and is left out. */
export function latenciesOf(times: Iterable<number>): Latencies {
  const histogram = build({ numberOfSignificantValueDigits: 3, autoResize: true })
  for (const ms of times)
    if (!Number.isNaN(ms)) histogram.recordValue(Math.max(1, Math.round(ms * microseconds)))
  return summary(histogram)
}

function summary(histogram: Histogram): Latencies {
  const at = (percentile: number): number =>
    Math.min(histogram.getValueAtPercentile(percentile), histogram.maxValue) / microseconds
  return {
    count: histogram.totalCount,
    p50Ms: at(50),
    p90Ms: at(90),
    p99Ms: at(99),
    p999Ms: at(99.9),
    maxMs: histogram.maxValue / microseconds,
    histogram: encodeIntoCompressedBase64(histogram)
  }
}

const drawnPercentiles = [
  0, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.99, 100
] as const

/** Points of the curve: which percentile is how late. */
export function percentilesOf(latencies: Latencies): { percentile: number; ms: number }[] {
  const histogram = decodeFromCompressedBase64(latencies.histogram)
  return drawnPercentiles
    .filter(percentile => percentile === 100 || latencies.count * (1 - percentile / 100) >= 1)
    .map(percentile => ({
      percentile,
      ms: Math.min(histogram.getValueAtPercentile(percentile), histogram.maxValue) / microseconds
    }))
}
