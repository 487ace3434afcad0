// Rows as CSV that a spreadsheet reads as text: every field quoted, and none that it would take for a formula.

/** What spreadsheets read as the beginning of a formula or command, also in its full-width forms, behind whatever is not seen. */
const LIVE = /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]*[=+\-@%|＝＋－＠％｜﹦﹢﹣﹫﹪−–—]/u
const CONTROL_FIRST = /^[\t\r\n]/

/** One line of CSV with its end. A field that would be live gets an apostrophe before it, which spreadsheets show as nothing. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map((field) => `"${(LIVE.test(field) || CONTROL_FIRST.test(field) ? `'${field}` : field).replaceAll('"', '""')}"`).join(',')}\r\n`
}
