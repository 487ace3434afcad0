// Runs the attack corpora of a folder against the whole application: `npm run test:corpora -- FOLDER`.
// The folder is not part of the project; the same tests run with the project's own cases in `npm test`.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { resolve } from 'node:path'

const [folder] = process.argv.slice(2)
const path = folder === undefined ? null : resolve(folder)

if (path === null)
  refuse('usage: npm run test:corpora -- FOLDER, the folder with xss-*.json, text-*.json, json-nst.json and utf8-bytes.json')
else if (!existsSync(path) || !statSync(path).isDirectory()) refuse(`there is no folder ${path}`)
else if (!readdirSync(path).some((file) => file.endsWith('.json'))) refuse(`${path} holds no .json file`)
else {
  const run = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'sqlite', 'test/faults/corpora.test.ts'], {
    stdio: 'inherit',
    env: { ...process.env, YKIEN_CORPORA: path },
  })
  process.exitCode = run.status ?? 1
}

function refuse(reason: string): void {
  console.error(`test:corpora: ${reason}`)
  process.exitCode = 1
}
