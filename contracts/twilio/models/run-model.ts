import type { TestContext } from 'node:test'

import * as fc from 'fast-check'

import type { ModelCommand } from './commands.ts'
import type { Reference } from './reference.ts'
import { beginRun, openRest, type Rest } from './rest-view.ts'

export interface ModelSuite {
  profile: 'instant' | 'reliable'
  runs: number
  commands: readonly fc.Arbitrary<ModelCommand>[]
  /** Holds the mock against the model after every command. */
  compare: (model: Reference, rest: Rest) => Promise<void>
}

/** Histories of commands, each in a new world. TEST_SEED repeats a run; a failure is told at its shortest. */
export async function runModel(t: TestContext, suite: ModelSuite): Promise<void> {
  const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 2 ** 31)
  t.diagnostic(`seed ${seed}: TEST_SEED=${seed} repeats the histories`)
  const rest = await openRest()
  t.after(() => rest.close())

  const compared = suite.commands.map(arbitrary =>
    arbitrary.map(command => ({
      ...command,
      run: async (model: Reference, real: Rest) => {
        await command.run(model, real)
        await suite.compare(model, real)
      }
    }))
  )
  const histories = fc.commands(compared, { maxCommands: 16, size: 'medium' })
  await fc.assert(
    fc.asyncProperty(histories, async history => {
      const model = await beginRun(rest, suite.profile)
      await fc.asyncModelRun(() => ({ model, real: rest }), history)
    }),
    { seed, numRuns: suite.runs }
  )
}
