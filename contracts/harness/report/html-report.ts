import { groups } from '../ledger.ts'
import type { RunResult } from '../run.ts'
import { type Row, rowsOf, seconds } from './rows.ts'

/** One page that needs nothing else: the matrix, the failures with their commands, the holes. */
export function htmlReport(result: RunResult): string {
  const { ledger, options, ms } = result
  const rows = rowsOf(result)
  const holes = rows.filter(({ isHole }) => isHole)
  const verdict = ledger.failures.length === 0 ? 'passed' : `${ledger.failures.length} failed`
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Contract: ${verdict}</title>
<style>
  :root { color-scheme: light dark; --good: #1a7f37; --bad: #cf222e; --dim: #8888; --line: #8884 }
  body { font: 14px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem }
  h1 { font-size: 1.5rem; margin: 0 } h1 b { color: var(--${ledger.failures.length === 0 ? 'good' : 'bad'}) }
  p.sum { color: gray; margin: .3rem 0 1.5rem }
  table { border-collapse: collapse; width: 100%; margin-bottom: 2rem }
  th, td { text-align: left; padding: .15rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top }
  thead th { position: sticky; top: 0; background: Canvas }
  td.n { text-align: right; font-variant-numeric: tabular-nums; color: var(--good) }
  td.n.bad { color: #fff; background: var(--bad); font-weight: 600 } td.n.none { color: var(--dim) }
  tr.first td { border-top: 1px solid gray } tr.hole td.s { color: var(--bad) }
  code, pre { font: 12px/1.4 ui-monospace, monospace } pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0 1rem; padding: .5rem; background: #8881 }
  details { margin: .3rem 0 } .why { color: gray; font-size: 12px }
</style>
<h1>Contract <b>${verdict}</b></h1>
<p class="sum">${escaped(options.url)} · seed <code>${escaped(options.seed)}</code> · ${rows.length} documented answers and events, ${holes.length} holes · ${ledger.exchanges} exchanges · ${ledger.passes} checks passed · ${seconds(ms)}</p>
${failuresOf(result)}
<h2>Operation × status × check</h2>
<table><thead><tr><th>operation</th><th>status</th><th>seen</th>${groups.map(group => `<th>${group}</th>`).join('')}</tr></thead>
<tbody>
${rows.map((row, place) => rowOf(row, rows[place - 1]?.subject !== row.subject)).join('\n')}
</tbody></table>
${unjudgedOf(result)}
<h2>Checks</h2>
<table><thead><tr><th>check</th><th>passed</th><th>failed</th></tr></thead><tbody>
${[...ledger.checks()].map(([name, cell]) => `<tr><td>${escaped(name)}</td><td class="n">${cell.passed}</td><td class="n ${cell.failed > 0 ? 'bad' : 'none'}">${cell.failed}</td></tr>`).join('\n')}
</tbody></table>
</html>
`
}

function rowOf(
  { title, status, produced, cells, isHole, outOfReach }: Row,
  isFirst: boolean
): string {
  const counted = groups.map(group => {
    const { passed, failed } = cells[group]
    if (failed > 0) return `<td class="n bad" title="${passed} passed">${failed} ✗</td>`
    return passed > 0 ? `<td class="n">${passed}</td>` : '<td class="n none">·</td>'
  })
  const classes = [isFirst ? 'first' : '', isHole ? 'hole' : ''].filter(Boolean).join(' ')
  const why =
    outOfReach === undefined
      ? ''
      : `<div class="why">${status} is out of reach: ${escaped(outOfReach)}</div>`
  return `<tr class="${classes}"><td>${isFirst ? escaped(title) : ''}${why}</td><td class="s">${status === 0 ? 'event' : status}</td><td class="n ${produced === 0 ? 'none' : ''}">${produced}</td>${counted.join('')}</tr>`
}

function failuresOf({ ledger }: RunResult): string {
  if (ledger.failures.length === 0) return ''
  const items = ledger.failures.map(
    ({ check, subject, status, message, curl }) =>
      `<details><summary><b>${escaped(check)}</b> ${escaped(subject)} ${status > 0 ? status : ''} — ${escaped(message.slice(0, 200))}</summary><pre>${escaped(message)}\n\n${escaped(curl)}</pre></details>`
  )
  return `<h2>Failures</h2>\n${items.join('\n')}`
}

function unjudgedOf({ ledger }: RunResult): string {
  if (ledger.unjudged.length === 0) return ''
  const items = ledger.unjudged.map(
    ({ group, subject, status, reason }) =>
      `<tr><td>${group}</td><td>${escaped(subject || 'all')}</td><td>${status > 0 ? status : ''}</td><td>${escaped(reason)}</td></tr>`
  )
  return `<h2>Not judged</h2>\n<table><tbody>${items.join('\n')}</tbody></table>`
}

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
