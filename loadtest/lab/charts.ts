/** A line of a chart. */
export interface Series {
  name: string
  points: readonly (readonly [x: number, y: number])[]
}

export interface Chart {
  title: string
  xLabel: string
  yLabel: string
  series: readonly Series[]
  /** Logarithmic, for what spans several powers of ten. */
  logarithmicY?: boolean
  /** Where the x axis has its marks and what they say, when plain numbers would say nothing. */
  xMarks?: readonly (readonly [x: number, label: string])[]
}

const width = 520
const height = 240
const margin = { left: 58, right: 14, top: 12, bottom: 42 }
const plotWidth = width - margin.left - margin.right
const plotHeight = height - margin.top - margin.bottom
/** More points than this no eye tells apart. */
const mostPoints = 400

/** A line chart as inline SVG; its colours come from the page's style, so that light and dark are the page's. */
export function lineChart(chart: Chart): string {
  const series = chart.series
    .map(one => ({ ...one, points: thinned(one.points.filter(isDrawable(chart))) }))
    .filter(({ points }) => points.length > 0)
  if (series.length === 0) return ''
  const all = series.flatMap(({ points }) => points)
  const [x0, x1] = spread(all.map(([x]) => x))
  const yScale = scaleOf(
    all.map(([, y]) => y),
    chart.logarithmicY === true
  )
  const placeX = (x: number): number => margin.left + ((x - x0) / (x1 - x0)) * plotWidth
  const placeY = (y: number): number => margin.top + (1 - yScale.share(y)) * plotHeight
  const xMarks =
    chart.xMarks?.filter(([x]) => x >= x0 && x <= x1) ??
    marksBetween(x0, x1).map((x): [number, string] => [x, shortNumber(x)])
  const lines = series.map(({ points }, place) => {
    const path = points
      .map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${fixed(placeX(x))} ${fixed(placeY(y))}`)
      .join('')
    const [only] = points
    return points.length === 1 && only
      ? `<circle class="s${place % 6}" cx="${fixed(placeX(only[0]))}" cy="${fixed(placeY(only[1]))}" r="3"/>`
      : `<path class="line s${place % 6}" d="${path}"/>`
  })
  const grid = [
    ...yScale.marks.map(
      y =>
        `<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${fixed(placeY(y))}" y2="${fixed(placeY(y))}"/>` +
        `<text class="mark" x="${margin.left - 6}" y="${fixed(placeY(y) + 4)}" text-anchor="end">${shortNumber(y)}</text>`
    ),
    ...xMarks.map(
      ([x, label]) =>
        `<text class="mark" x="${fixed(placeX(x))}" y="${height - margin.bottom + 16}" text-anchor="middle">${escaped(label)}</text>`
    )
  ]
  const legend = series
    .map(({ name }, place) => `<li><i class="s${place % 6}"></i>${escaped(name)}</li>`)
    .join('')
  return `<figure><figcaption>${escaped(chart.title)}</figcaption>
<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(chart.title)}">
${grid.join('')}
<line class="axis" x1="${margin.left}" x2="${width - margin.right}" y1="${height - margin.bottom}" y2="${height - margin.bottom}"/>
${lines.join('\n')}
<text class="label" x="${margin.left + plotWidth / 2}" y="${height - 6}" text-anchor="middle">${escaped(chart.xLabel)}</text>
<text class="label" transform="translate(12 ${margin.top + plotHeight / 2}) rotate(-90)" text-anchor="middle">${escaped(chart.yLabel)}</text>
</svg><ul class="legend">${legend}</ul></figure>`
}

export const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

const isDrawable =
  (chart: Chart) =>
  ([x, y]: readonly [number, number]): boolean =>
    Number.isFinite(x) && Number.isFinite(y) && (chart.logarithmicY !== true || y > 0)

/** Of neighbours the highest stays: a peak is what one looks for. */
function thinned(
  points: readonly (readonly [number, number])[]
): readonly (readonly [number, number])[] {
  const together = Math.ceil(points.length / mostPoints)
  if (together <= 1) return points
  const kept: (readonly [number, number])[] = []
  for (let start = 0; start < points.length; start += together) {
    const neighbours = points.slice(start, start + together)
    const highest = neighbours.toSorted((a, b) => b[1] - a[1])[0]
    if (highest) kept.push(highest)
  }
  return kept
}

function spread(values: readonly number[]): [number, number] {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return high > low ? [low, high] : [low - 1, high + 1]
}

interface Scale {
  /** From 0 at the foot to 1 at the top. */
  share(value: number): number
  marks: number[]
}

function scaleOf(values: readonly number[], isLogarithmic: boolean): Scale {
  const [low, high] = spread(values)
  if (!isLogarithmic) {
    const top = high <= 0 ? 1 : high
    const marks = marksBetween(0, top)
    const ceiling = Math.max(top, marks.at(-1) ?? top)
    return { share: value => value / ceiling, marks }
  }
  const foot = Math.floor(Math.log10(Math.max(low, 1e-3)))
  const ceiling = Math.max(foot + 1, Math.ceil(Math.log10(Math.max(high, 1e-3))))
  return {
    share: value => (Math.log10(value) - foot) / (ceiling - foot),
    marks: Array.from({ length: ceiling - foot + 1 }, (_, place) => 10 ** (foot + place))
  }
}

function marksBetween(low: number, high: number): number[] {
  const rough = (high - low) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find(factor => factor * power >= rough) ?? 10)
  const marks: number[] = []
  for (let mark = Math.ceil(low / step) * step; mark <= high + step / 1_000; mark += step)
    marks.push(Number(mark.toPrecision(12)))
  return marks
}

function shortNumber(value: number): string {
  const size = Math.abs(value)
  if (size >= 1_000_000) return `${Number((value / 1_000_000).toPrecision(3))}M`
  if (size >= 1_000) return `${Number((value / 1_000).toPrecision(3))}k`
  return String(Number(value.toPrecision(3)))
}

const fixed = (value: number): string => value.toFixed(1)
