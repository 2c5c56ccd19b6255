import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { mutants } from './catalogue.ts'
import { planted } from './mutant.ts'

/*
 * Loaded before the server in a process of its own: one file's source is changed as it is read. The server
 * itself knows nothing of it. `CONTRACT_MUTANT` names the mutant.
 */
const id = process.env['CONTRACT_MUTANT']
const mutant = mutants.find(each => each.id === id)
if (!mutant) throw new Error(`There is no mutant ${id}`)
const file = fileURLToPath(new URL(`../../../server/${mutant.file}`, import.meta.url))

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!url.startsWith('file:') || fileURLToPath(url) !== file) return loaded
    const { source } = loaded
    if (source === undefined || source === null) throw new Error(`${file} has no source`)
    const text = typeof source === 'string' ? source : new TextDecoder().decode(source)
    return { ...loaded, source: planted(mutant, text) }
  }
})
