import { readFile, writeFile } from 'node:fs/promises'
import { Environment } from '../server/config.ts'

// `npm run settings`: writes the table of settings into the README and .env.example, from the one schema that
// checks them. `--check` fails when either is stale.

const settings = Object.entries(Environment.properties).map(([name, schema]) => ({
  name,
  byDefault: String(schema.default ?? ''),
  meaning: schema.description ?? ''
}))

const table = [
  '| variable | default | meaning |',
  '|---|---|---|',
  ...settings.map(
    ({ name, byDefault, meaning }) =>
      `| \`${name}\` | ${byDefault === '' ? '' : `\`${byDefault}\``} | ${meaning} |`
  )
].join('\n')

const example = [
  '# Every setting of the server with its default. Uncomment what you change.',
  ...settings.flatMap(({ name, byDefault, meaning }) => [
    '',
    `# ${meaning}`,
    `# ${name}=${byDefault}`
  ]),
  ''
].join('\n')

const readme = await readFile('README.md', 'utf8')
const files = {
  'README.md': readme.replace(
    /<!-- settings -->[\s\S]*<!-- \/settings -->/,
    () => `<!-- settings -->\n${table}\n<!-- /settings -->`
  ),
  '.env.example': example
}

for (const [name, text] of Object.entries(files)) {
  if (!process.argv.includes('--check')) await writeFile(name, text)
  else if ((await readFile(name, 'utf8')) !== text) {
    process.stderr.write(`${name} is stale: run npm run settings\n`)
    process.exitCode = 1
  }
}
