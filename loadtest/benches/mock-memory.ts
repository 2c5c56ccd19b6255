import { print, quick } from '../measure.ts'
import { startTarget } from '../target-process.ts'

interface Memory {
  created: number
  rssMb: number
  heapMb: number
}

const million = quick ? 100_000 : 1_000_000

/** What a process holds after so many messages that have ended, with the usual retention and without limit. */
export async function benchMockMemory(): Promise<void> {
  const bounded = await growth(million, quick ? 10_000 : 100_000)
  const unbounded = await growth(million / 5, Number.MAX_SAFE_INTEGER)
  print(`${million} messages, of which the usual number is kept`, bounded.map(shown))
  print(`${million / 5} messages, all kept`, unbounded.map(shown))
  const [first, last] = [unbounded[0], unbounded.at(-1)]
  if (first === undefined || last === undefined) return
  const perHundredThousand =
    ((last.heapMb - first.heapMb) / (last.created - first.created)) * 100_000
  const half = bounded[Math.floor(bounded.length / 2)]
  const end = bounded.at(-1)
  process.stdout.write(
    [
      `\n${perHundredThousand.toFixed(0)} MB of heap for every 100,000 messages with their journal`,
      `a million of them, all kept: ${((perHundredThousand * 10) / 1024).toFixed(1)} GB (extrapolated)`,
      `with the usual retention: ${half?.heapMb.toFixed(0)} MB half way, ${end?.heapMb.toFixed(0)} MB at the end\n`
    ].join('\n')
  )
}

async function growth(messages: number, retention: number): Promise<Memory[]> {
  const target = await startTarget('mock-memory', {
    RETENTION: String(retention),
    NODE_OPTIONS: '--expose-gc --max-old-space-size=4096'
  })
  const steps: Memory[] = []
  try {
    for (let step = 0; step < 10; step++) {
      steps.push(readMemory(await target.ask(String(messages / 10))))
    }
  } finally {
    await target.stop()
  }
  return steps
}

function readMemory(answer: unknown): Memory {
  if (typeof answer !== 'object' || answer === null) throw new Error('no measure of memory')
  const { created, rssMb, heapMb } = { created: 0, rssMb: 0, heapMb: 0, ...answer }
  return { created, rssMb, heapMb }
}

function shown({ created, rssMb, heapMb }: Memory): Record<string, string> {
  return { messages: String(created), 'RSS MB': rssMb.toFixed(0), 'heap MB': heapMb.toFixed(0) }
}
