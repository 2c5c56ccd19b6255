import type { Account } from './accounts.ts'
import { escaped, lineChart } from './charts.ts'
import type { Baseline, Verdict } from './gate.ts'
import { percentilesOf } from './latencies.ts'
import { round, type RunResult, type ScenarioResult } from './result.ts'

/** The run as one page that needs nothing else: it opens offline, light and dark, and may load nothing. */
export function reportOf(
  run: RunResult,
  verdicts: readonly Verdict[],
  baseline: Baseline | undefined
): string {
  const failed = verdicts.filter(({ passed }) => !passed)
  const { machine } = run
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Load: ${failed.length === 0 ? 'passed' : 'failed'}, ${escaped(run.date)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>Load run: <span class="${failed.length === 0 ? 'kept' : 'broken'}">${failed.length === 0 ? 'the gate is open' : 'the gate is shut'}</span></h1>
<p>${escaped(run.date)} · ${escaped(run.commit)} · ${run.database}, ${run.processes === 'one' ? 'one process' : 'API and two workers'}${run.quick ? ', quick' : ''}
 · ${machine.cpus} × ${escaped(machine.model)}, ${machine.memoryGb} GB, Node ${escaped(machine.node)}, ${escaped(machine.system)}</p>
<p>${verdicts.length - failed.length} of ${verdicts.length} held${baseline ? `; ratios beside those accepted at ${escaped(baseline.commit)} on ${escaped(baseline.date)}` : '; no baseline to compare ratios with'}.</p>
</header>
${
  failed.length === 0
    ? ''
    : `<section><h2>What did not hold</h2>${tableOf(
        ['scenario', 'what', 'found'],
        failed.map(({ scenario, name, told }) => [scenario, name, told])
      )}</section>`
}
<nav>${run.scenarios.map(({ scenario }) => `<a href="#${escaped(scenario)}">${escaped(scenario)}</a>`).join(' ')}</nav>
${run.scenarios.map(scenario => sectionOf(scenario, verdicts, baseline)).join('\n')}
</body>
</html>
`
}

function sectionOf(
  result: ScenarioResult,
  verdicts: readonly Verdict[],
  baseline: Baseline | undefined
): string {
  const { scenario, promise, seconds, parameters, failure } = result
  const ours = verdicts.filter(verdict => verdict.scenario === scenario)
  const isOpen = ours.every(({ passed }) => passed)
  const told = Object.entries(parameters)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')
  return `<section id="${escaped(scenario)}">
<h2><span class="${isOpen ? 'kept' : 'broken'}">${isOpen ? '✓' : '✗'}</span> ${escaped(promise)}</h2>
<p>${escaped(scenario)} · ${escaped(told)} · took ${round(seconds)} s</p>
${failure === undefined ? '' : `<pre>${escaped(failure)}</pre>`}
${tableOf(
  ['beside its floor', 'measured', 'floor', 'ratio', 'accepted', 'target'],
  result.ratios.map(({ name, value, measured, floor, unit, target }) => [
    name,
    `${round(measured)} ${unit}`,
    `${round(floor)} ${unit}`,
    String(round(value)),
    acceptedText(baseline, scenario, name),
    target === undefined ? '' : String(target)
  ])
)}
<div class="charts">${chartsOf(result).join('\n')}</div>
${tableOf(
  ['latency', 'times', 'p50 ms', 'p90 ms', 'p99 ms', 'p99.9 ms', 'longest ms'],
  result.latencies.map(({ name, latencies }) => [
    name,
    String(latencies.count),
    ...[latencies.p50Ms, latencies.p90Ms, latencies.p99Ms, latencies.p999Ms, latencies.maxMs].map(
      ms => String(round(ms))
    )
  ])
)}
${tableOf(
  ['figure', 'value'],
  result.figures.map(({ name, value, unit }) => [name, `${round(value)} ${unit}`])
)}
${booksOf(result.books)}
<details><summary>${ours.filter(({ passed }) => passed).length} of ${ours.length} held</summary>
${tableOf(
  ['', 'promise', 'found'],
  ours.map(({ passed, name, told: found }) => [passed ? '✓' : '✗', name, found])
)}</details>
</section>`
}

const acceptedText = (baseline: Baseline | undefined, scenario: string, name: string): string => {
  const accepted = baseline?.ratios[scenario]?.[name]
  return accepted === undefined
    ? ''
    : `${accepted.value} (least ${round(accepted.value * (1 - accepted.tolerance))})`
}

function chartsOf(result: ScenarioResult): string[] {
  const start = startOf(result)
  const seconds = (at: number): number => (at - start) / 1_000
  const xLabel = 'seconds'
  const overTime = (
    title: string,
    yLabel: string,
    value: (vitals: ScenarioResult['vitals'][number]['vitals'], place: number) => number
  ): string =>
    lineChart({
      title,
      xLabel,
      yLabel,
      series: result.vitals.map(({ process, vitals }) => ({
        name: process,
        points: vitals.map(({ at }, place) => [seconds(at), value(vitals, place)])
      }))
    })
  return [
    lineChart({
      title: 'Latency from the intended start',
      xLabel: 'percentile',
      yLabel: 'ms',
      logarithmicY: true,
      xMarks: [
        [0, '0'],
        [placeOfPercentile(50), '50'],
        [placeOfPercentile(90), '90'],
        [placeOfPercentile(99), '99'],
        [placeOfPercentile(99.9), '99.9'],
        [placeOfPercentile(99.99), '99.99'],
        [placeOfPercentile(100), '100']
      ],
      series: result.latencies.map(({ name, latencies }) => ({
        name,
        points: percentilesOf(latencies).map(({ percentile, ms }) => [
          placeOfPercentile(percentile),
          ms
        ])
      }))
    }),
    lineChart({
      title: 'How many were reached',
      xLabel,
      yLabel: 'recipients',
      series: [
        {
          name: 'with the provider',
          points: result.progress.map(({ at, atProvider }) => [seconds(at), atProvider])
        },
        {
          name: 'client told of delivery',
          points: result.progress.map(({ at, told }) => [seconds(at), told])
        }
      ]
    }),
    overTime('Processor', '% of one', (vitals, place) => {
      const now = vitals[place]
      const before = vitals[place - 1]
      return now && before ? ((now.cpuMs - before.cpuMs) / (now.at - before.at)) * 100 : Number.NaN
    }),
    overTime('Memory', 'MB', (vitals, place) => vitals[place]?.rssMb ?? Number.NaN),
    lineChart({
      title: 'Longest stall of the event loop',
      xLabel,
      yLabel: 'ms',
      series: result.vitals
        .filter(({ process }) => process !== 'outside world')
        .flatMap(({ process, vitals }) => [
          {
            name: `${process}, its own doing`,
            points: vitals.map(({ at, ownStallMs }): [number, number] => [seconds(at), ownStallMs])
          },
          {
            name: `${process}, with the wait for a processor`,
            points: vitals.map(({ at, stallMs }): [number, number] => [seconds(at), stallMs])
          }
        ])
    })
  ].filter(chart => chart !== '')
}

/** Each nine takes as much room as the one before; 100 stands at five of them. */
const placeOfPercentile = (percentile: number): number =>
  percentile === 100 ? 5 : -Math.log10(1 - percentile / 100)

function startOf({ vitals, progress }: ScenarioResult): number {
  const times = [
    ...vitals.flatMap(({ vitals: [first] }) => (first ? [first.at] : [])),
    ...progress.slice(0, 1).map(({ at }) => at)
  ]
  return times.length === 0 ? 0 : Math.min(...times)
}

const booksOf = (books: readonly Account[]): string =>
  tableOf(
    [
      'books',
      'expected',
      'with the provider',
      'twice',
      'client told',
      'told twice',
      'repeated, same id',
      'backwards',
      'ended otherwise'
    ],
    books.map(account =>
      [
        account.name,
        account.expected,
        account.atProvider,
        account.doubledAtProvider,
        account.told,
        account.doubledEvents,
        account.repeatedEvents,
        account.backward,
        account.otherEndings
      ].map(String)
    )
  )

function tableOf(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const cells = (tag: string, row: readonly string[]): string =>
    `<tr>${row.map(cell => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`
  return `<div class="scroll"><table><thead>${cells('th', columns)}</thead><tbody>${rows.map(row => cells('td', row)).join('')}</tbody></table></div>`
}

const style = `
:root { --ground: #fcfcfb; --ink: #1c1c1a; --quiet: #6a6a64; --rule: #dddcd6; --good: #0a7a3d; --bad: #b3261e;
  --s0: #2a6fdb; --s1: #d9620f; --s2: #0f8f6f; --s3: #a03bb5; --s4: #8a6d00; --s5: #c2255c; }
@media (prefers-color-scheme: dark) { :root { --ground: #171716; --ink: #ececea; --quiet: #a3a39c; --rule: #3a3a37;
  --good: #5fd08d; --bad: #ff8a80; --s0: #6ea8ff; --s1: #ff9d57; --s2: #4fd1ad; --s3: #dd8cf0; --s4: #e0c04d; --s5: #ff7fa8; } }
body { margin: 0 auto; max-width: 1120px; padding: 1.5rem; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.5rem; }
header p, section > p { color: var(--quiet); }
.kept { color: var(--good); } .broken { color: var(--bad); }
nav a { color: var(--s0); margin-right: .8rem; }
pre { white-space: pre-wrap; color: var(--bad); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .8rem 0; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
th { color: var(--quiet); font-weight: 500; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 1rem; }
figure { margin: 0; } figcaption { font-weight: 600; }
svg { width: 100%; height: auto; display: block; }
.grid { stroke: var(--rule); } .axis { stroke: var(--quiet); }
.mark, .label { fill: var(--quiet); font-size: 11px; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.legend { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0 1rem; color: var(--quiet); font-size: 13px; }
.legend i { display: inline-block; width: 1em; height: 3px; margin-right: .4em; vertical-align: middle; }
${[0, 1, 2, 3, 4, 5].map(place => `.line.s${place} { stroke: var(--s${place}); } circle.s${place} { fill: var(--s${place}); } i.s${place} { background: var(--s${place}); }`).join('\n')}
`
