/** What a simulation tells of a life: at least what two lives are compared by. */
interface Life {
  seconds: number
  /** Of the journal. */
  digest: string
  mostHeapMb: number
  /** What must not be, in sentences. */
  problems?: readonly string[]
}

export interface Simulation<Report extends Life> {
  simulate: () => Promise<Report>
  /** What was lived, and with which seed. */
  title: string
  /** Labels of one width, with what the report says. */
  describe: (report: Report) => readonly (readonly [label: string, text: string])[]
  isOnce: boolean
  /** Beside the same journal twice, within the time: `every call came to its end`. */
  promise?: string
}

const mostSeconds = 60

/** Lives through a simulation twice and prints both; exit code 1 where the journals differ or one took too long. */
export async function liveTwice<Report extends Life>(of: Simulation<Report>): Promise<void> {
  const lives: Report[] = []
  for (const which of of.isOnce ? ['the run'] : ['first run', 'second run']) {
    const life = await of.simulate()
    print(`${which}: ${of.title}`, [
      ...of.describe(life),
      ['heap', `${life.mostHeapMb.toFixed(0)} MB at most`],
      ['digest', life.digest]
    ])
    lives.push(life)
  }
  const problems = [
    ...(new Set(lives.map(({ digest }) => digest)).size === 1 ? [] : ['The two journals differ.']),
    ...lives.flatMap(life => life.problems ?? []),
    ...lives
      .filter(({ seconds }) => seconds > mostSeconds)
      .map(({ seconds }) => `A run took ${seconds.toFixed(1)} s, more than ${mostSeconds} s.`)
  ]
  const kept = [
    of.isOnce ? 'Within the minute' : 'Twice the same journal, each within the minute',
    ...(of.promise === undefined ? [] : [of.promise])
  ].join('; ')
  process.stdout.write(`\n${problems.join('\n') || `${kept}.`}\n`)
  process.exitCode = problems.length === 0 ? 0 : 1
}

/** Counts by name, the most frequent first; '' where there are none. */
export const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, number]) => `${name} ${number}`)
    .join(', ')

/** How long a life took, and how much of it fits in a second. */
export const pace = (seconds: number, count: number, what: string): string =>
  `${seconds.toFixed(1)} s, ${(count / seconds).toFixed(0)} ${what} per second`

function print(title: string, lines: readonly (readonly [label: string, text: string])[]): void {
  const width = Math.max(...lines.map(([label]) => label.length))
  const text = lines.map(([label, words]) => `  ${label.padEnd(width)} ${words}\n`)
  process.stdout.write(`\n${title}\n${text.join('')}`)
}
