// What an imported stylesheet is to the compiler: its text, as esbuild's `text` loader delivers it.
declare module '*.css' {
  const text: string
  export = text
}
