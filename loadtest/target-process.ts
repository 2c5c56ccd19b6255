import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type Vital, watchVitals } from './lab/vitals.ts'

/** What a process has used since it started, and what it holds. */
export interface Usage {
  cpuMs: number
  rssBytes: number
}

/** A system under measurement, in a process of its own so that its CPU and memory are its own. */
export interface TargetProcess {
  url: string
  pid: number | undefined
  usage(): Promise<Usage>
  /** What it looked like over time since this was asked last. */
  vitals(): Promise<Vital[]>
  /** A question that only this target understands. */
  ask(question: string, argument?: unknown): Promise<unknown>
  stop(): Promise<void>
}

interface Question {
  id: number
  question: string
  argument?: unknown
}

interface Answer {
  id: number
  answer?: unknown
  /** In place of the answer when there is none. */
  problem?: string
}

/** Starts `targets/<name>.ts` and waits until it says where it listens. */
export async function startTarget(
  name: string,
  environment: Record<string, string> = {}
): Promise<TargetProcess> {
  const child = fork(new URL(`targets/${name}.ts`, import.meta.url), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc']
  })
  const { url } = await firstWordsOf(child, name)
  let asked = 0
  const ask = (question: string, argument?: unknown): Promise<unknown> => {
    const id = ++asked
    const answer = answerTo(child, name, id)
    child.send({ id, question, argument } satisfies Question)
    return answer
  }
  return {
    url,
    pid: child.pid,
    ask,
    usage: async () => (await ask('usage')) as Usage,
    vitals: async () => (await ask('vitals')) as Vital[],
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
  }
}

/** The other side: tells where the target listens and answers the questions of the measuring process. */
export function serveQuestions(
  url: string,
  answers: Record<string, (argument: unknown) => unknown> = {}
): void {
  const vitals = watchVitals()
  const known = new Map<string, (argument: unknown) => unknown>([
    ['usage', usageOfThisProcess],
    ['vitals', () => vitals.take()],
    ...Object.entries(answers)
  ])
  process.on('message', ({ id, question, argument }: Question) => {
    const answerIt = async (): Promise<unknown> => {
      const find = known.get(question)
      if (find === undefined) throw new Error(`This target does not know about ${question}`)
      return find(argument)
    }
    void answerIt().then(
      answer => process.send?.({ id, answer } satisfies Answer),
      (error: unknown) => process.send?.({ id, problem: String(error) } satisfies Answer)
    )
  })
  process.on('disconnect', () => process.exit(0))
  process.send?.({ url })
}

function usageOfThisProcess(): Usage {
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1_000, rssBytes: process.memoryUsage().rss }
}

function firstWordsOf(child: ChildProcess, name: string): Promise<{ url: string }> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void =>
      reject(new Error(`The target ${name} ended with ${code}`))
    child.once('exit', onExit)
    child.once('message', words => {
      child.off('exit', onExit)
      child.setMaxListeners(0)
      resolve(words as { url: string })
    })
  })
}

function answerTo(child: ChildProcess, name: string, id: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const forget = (): void => {
      child.off('exit', onExit)
      child.off('message', onMessage)
    }
    const onExit = (code: number | null): void => {
      forget()
      reject(new Error(`The target ${name} ended with ${code}`))
    }
    const onMessage = (message: unknown): void => {
      const told = message as Answer
      if (told.id !== id) return
      forget()
      if (told.problem === undefined) resolve(told.answer)
      else reject(new Error(`The target ${name}: ${told.problem}`))
    }
    child.once('exit', onExit)
    child.on('message', onMessage)
  })
}
