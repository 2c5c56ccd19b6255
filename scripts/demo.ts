import { openStage } from './demo/stage.ts'
import { texting } from './demo/texting.ts'
import { voice } from './demo/voice.ts'

const stories = new Map([
  ['texting', texting],
  ['voice', voice]
])
const [name = 'texting'] = process.argv.slice(2)
const story = stories.get(name)
if (story === undefined) throw new Error(`no story ${name}: ${[...stories.keys()].join(', ')}`)

// Plays a story against the offline stack and prints its timeline; every line is checked before it is printed.
process.stdout.write(
  '\nA school, a parent and a client application, with no network. Times are the simulator’s.\n\n'
)
const stage = await openStage()
try {
  await story(stage)
  process.stdout.write('\nEvery line above was checked.\n')
} catch (error) {
  process.stderr.write(
    `\nThe story went wrong: ${error instanceof Error ? error.stack : String(error)}\n`
  )
  process.exitCode = 1
} finally {
  await stage.close()
}
