import autocannon from 'autocannon'
import type { TargetProcess } from './target-process.ts'

export const quick = process.argv.includes('--quick')
export const rounds = quick ? 1 : 3
export const secondsPerRound = quick ? 2 : 5
// Until the code that is measured has been compiled.
export const warmUpSeconds = quick ? 1 : 5
export const connections = 50

export interface Rate {
  perSecond: number
  perCpuSecond: number
  p99Ms: number
  rssMb: number
}

export interface MeasuredRequest {
  path: string
  headers: Record<string, string>
  body: string
}

/**
 * POSTs the same request over and over, as fast as it is answered. The CPU that is counted is also what the
 * target still has to do afterwards, until `settle` is over.
 */
export async function measure(
  target: TargetProcess,
  seconds: number,
  { path, headers, body }: MeasuredRequest,
  settle?: () => Promise<void>
): Promise<Rate> {
  const before = await target.usage()
  const result = await autocannon({
    url: target.url + path,
    method: 'POST',
    connections,
    duration: seconds,
    headers,
    body
  })
  await settle?.()
  const after = await target.usage()
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(
      `${result.non2xx} refusals and ${result.errors} errors: ${JSON.stringify(result.statusCodeStats)}`
    )
  return {
    perSecond: result.requests.total / result.duration,
    perCpuSecond: result.requests.total / ((after.cpuMs - before.cpuMs) / 1_000),
    p99Ms: result.latency.p99,
    rssMb: after.rssBytes / 1_048_576
  }
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

export function row(name: string, rates: Rate[], floor: Rate[]): Record<string, string> {
  const perSecond = rates.map(rate => rate.perSecond)
  const ratios = ratiosTo(rates, floor, 'perSecond')
  const cpuRatios = ratiosTo(rates, floor, 'perCpuSecond')
  return {
    ' ': name,
    'per second': median(perSecond).toFixed(0),
    'min–max': `${Math.min(...perSecond).toFixed(0)}–${Math.max(...perSecond).toFixed(0)}`,
    ratio: median(ratios).toFixed(2),
    'its min–max': `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
    'per CPU-second': median(rates.map(rate => rate.perCpuSecond)).toFixed(0),
    'CPU ratio': median(cpuRatios).toFixed(2),
    'its min–max ': `${Math.min(...cpuRatios).toFixed(2)}–${Math.max(...cpuRatios).toFixed(2)}`,
    'p99 ms': told(median(rates.map(rate => rate.p99Ms))),
    'RSS MB': median(rates.map(rate => rate.rssMb)).toFixed(0)
  }
}

/** What a bench does not measure has no figure. */
const told = (ms: number): string => (Number.isNaN(ms) ? '–' : ms.toFixed(0))

function ratiosTo(rates: Rate[], floor: Rate[], field: 'perSecond' | 'perCpuSecond'): number[] {
  return rates.map((rate, round) => rate[field] / (floor[round]?.[field] ?? Number.NaN))
}

export function print(title: string, rows: Record<string, string>[]): void {
  const columns = Object.keys(rows[0] ?? {})
  const widths = columns.map(column =>
    Math.max(column.length, ...rows.map(cells => cells[column]?.length ?? 0))
  )
  const line = (cells: string[]): string =>
    cells.map((cell, place) => cell.padEnd(widths[place] ?? 0)).join('  ')
  process.stdout.write(`\n${title}\n${line(columns)}\n`)
  for (const cells of rows)
    process.stdout.write(`${line(columns.map(column => cells[column] ?? ''))}\n`)
}
