// Builds everything that runs: the program for Node, the widget under its current and its immutable name, the desk's and
// the pages' files. Takes about a second. The worker is bundled by wrangler from the sources.
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type BuildOptions, build } from 'esbuild'
import { widgetSentences } from './widget-sentences.ts'

const ASSETS = 'dist/assets'
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }

const browser: BuildOptions = {
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2020',
  charset: 'utf8',
  legalComments: 'none',
  loader: { '.css': 'text' },
}

/** What only the widget's parts call each other by: no name of the API, of a browser, or of what is kept on a device may be among them. */
const WIDGET_NAMES =
  /^(?:isRequired|isOpen|heading|intro|place|start|hints|done|foot|words|frame|shown|query|slug|emit|life|end|label|hint|options|item|read|list|top|own|isDate|wordsIn|send|compose|service|sketch|leave|tongue)$/

/** Packages of the older module format ask for Node's own modules by `require`. */
const REQUIRE_FOR_OLDER_PACKAGES =
  "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);"

rmSync('dist', { recursive: true, force: true })
mkdirSync(`${ASSETS}/assets`, { recursive: true })
mkdirSync(`${ASSETS}/widget`, { recursive: true })

await Promise.all([
  build({
    entryPoints: { ykien: 'src/cli.ts', thread: 'src/storage/thread.ts' },
    bundle: true,
    // Everything but the native module travels in the bundle: looking for 400 files took two thirds of the time to start. What is
    // imported late (sign-in libraries, PostgreSQL) is a file of its own.
    external: ['better-sqlite3', 'pg-native'],
    splitting: true,
    minifyWhitespace: true,
    minifySyntax: true,
    chunkNames: 'part-[hash]',
    banner: { js: REQUIRE_FOR_OLDER_PACKAGES },
    platform: 'node',
    format: 'esm',
    target: 'node22',
    outdir: 'dist',
    sourcemap: true,
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
  }),
  build({
    ...browser,
    entryPoints: { v1: 'widget/define.ts', solver: 'widget/solver.ts' },
    mangleProps: WIDGET_NAMES,
    outdir: `${ASSETS}/widget`,
    plugins: [minifiedCss(), widgetSentences()],
  }),
  build({ ...browser, entryPoints: { counts: 'widget/counts.ts' }, outdir: `${ASSETS}/widget` }),
  build({
    ...browser,
    entryPoints: { desk: 'src/dashboard/client.ts', passkey: 'src/dashboard/passkey.ts', demo: 'src/demo/article.ts' },
    outdir: `${ASSETS}/assets`,
  }),
  build({
    entryPoints: {
      desk: 'src/dashboard/client.css',
      dark: 'src/dashboard/dark.css',
      page: 'src/http/page.css',
      demo: 'src/demo/article.css',
    },
    minify: true,
    bundle: true,
    outdir: `${ASSETS}/assets`,
    loader: { '.css': 'css' },
  }),
])
copyFileSync('src/http/icon.svg', `${ASSETS}/assets/icon.svg`)
copyFileSync('src/demo/photo.svg', `${ASSETS}/assets/demo-photo.svg`)
pinWidget()

/** Gives each script of the release a path of its own that never changes, and writes down its integrity hash for pages that pin it. */
function pinWidget(): void {
  const [widget, counts] = ['v1', 'counts'].map((name) => {
    const bytes = readFileSync(`${ASSETS}/widget/${name}.js`)
    const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
    const file = `${name === 'v1' ? '' : `${name}-`}${version}-${hash}.js`
    writeFileSync(`${ASSETS}/widget/${file}`, bytes)
    return { path: `/widget/${file}`, integrity: `sha384-${createHash('sha384').update(bytes).digest('base64')}` }
  })
  writeFileSync(`${ASSETS}/widget/release.json`, `${JSON.stringify({ version, ...widget, counts }, null, 2)}\n`)
}

/** Style sheets imported as text are minified first: they travel inside the script. */
function minifiedCss() {
  return {
    name: 'minified css',
    setup(bundle: import('esbuild').PluginBuild) {
      bundle.onLoad({ filter: /\.css$/ }, async ({ path }) => {
        const result = await build({ entryPoints: [path], minify: true, write: false, target: 'es2020', charset: 'utf8' })
        // esbuild leaves values as they are where they hold a custom property.
        return { contents: result.outputFiles[0]?.text.replace(/([:,]) /g, '$1') ?? '', loader: 'text' }
      })
    },
  }
}
