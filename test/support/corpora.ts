// The strings and bytes that attack: those of the folder that YKIEN_CORPORA names, otherwise the project's own few.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Corpora = {
  /** Where they come from, for the report. */
  from: string
  /** Markup and odd text, for every place that shows what a citizen typed. */
  attacks: string[]
  /** Texts that attack something else than markup: spreadsheets, log lines, layout, reviewers' eyes. */
  texts: string[]
  /** JSON that would pollute a prototype. */
  pollution: string[]
  /** Whole request bodies. */
  json: { name: string; bytes: Uint8Array<ArrayBuffer> }[]
  utf8: { id: string; isValid: boolean; bytes: Uint8Array<ArrayBuffer> }[]
}

/** The corpora of this run. Throws when a folder is named that lacks one of them. */
export function readCorpora(folder = process.env.YKIEN_CORPORA): Corpora {
  return folder ? fromFolder(folder) : OWN
}

function fromFolder(folder: string): Corpora {
  const read = <Item>(file: string): Item[] => {
    const path = join(folder, file)
    if (!existsSync(path)) throw new Error(`the corpora lack ${path}`)
    return JSON.parse(readFileSync(path, 'utf8')) as Item[]
  }
  const xss = readdirSync(folder).filter((file) => /^xss-.*\.json$/.test(file))
  return {
    from: folder,
    attacks: [...xss, 'text-blns.json'].flatMap((file) => read<string>(file)),
    texts: ['csv-formula.json', 'crlf-log-mail.json', 'text-zalgo.json', 'text-trojan-source.json'].flatMap((file) => read<string>(file)),
    pollution: read<string>('proto-pollution-json.json'),
    json: read<{ name: string; b64: string }>('json-nst.json').map(({ name, b64 }) => ({
      name,
      bytes: new Uint8Array(Buffer.from(b64, 'base64')),
    })),
    utf8: read<{ id: string; valid: boolean; hex: string }>('utf8-bytes.json').map(({ id, valid, hex }) => ({
      id,
      isValid: valid,
      bytes: new Uint8Array(Buffer.from(hex, 'hex')),
    })),
  }
}

const ascii = (text: string) => new TextEncoder().encode(text)
const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))

const OWN: Corpora = {
  from: 'the project’s own cases',
  attacks: [
    '<script>document.title="x"</script>',
    '<img src=khong-co onerror=alert(1)>',
    '<svg><animate onbegin=alert(1) attributeName=x>',
    '"><input autofocus onfocus=alert(1)>',
    "' onmouseover='alert(1)",
    '</textarea><script>alert(1)</script>',
    '</title><meta http-equiv=refresh content=0;url=//x.example>',
    '</bdi></a></p></article><form action=//x.example><button>Gửi</button></form>',
    '<p style="position:fixed;inset:0">che cả trang</p>',
    '<a href="javascript:alert(1)">xem</a>',
    '<a href="java\tscript:alert(1)">xem</a>',
    'javascript:alert(1)',
    '&lt;script&gt;alert(1)&lt;/script&gt;',
    '&#60;script&#62;alert(1)&#60;/script&#62;',
    '<!-- mở mà không đóng',
    ']]><x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
    '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '\u0024{alert(1)} {{7*7}} <%= 7*7 %> #{7*7}',
    '{constructor} {toString} {n} {name}',
    '__proto__',
    'null',
    "'; DROP TABLE comment; --",
    'nếu a<b và b>c thì sao? <Nguyễn Văn A> & con',
    'một\r\nhai\r\n\r\nba\n\n\n\nbốn',
    ' \n trống trước và sau \n ',
    '\u202Eđảo chiều\u202C và \u200Bẩn\u200B',
    'Z̸̢̛a̴͓̎l̶͓̈́g̷̱̃o̸̙͝ Tiếng Việt'.normalize('NFD'),
    '👨‍👩‍👧🏳️‍🌈🇻🇳 1️⃣ ﷽ \uFFFE\uFDD0',
    '\u2028\u2029\u0085\u00A0\uFEFF',
    'có \u0000 trong',
    'chuông \u0007 và \u001b[31m đỏ',
    'lẻ \ud83d đôi',
    'a',
    '',
    'dài '.repeat(600),
    '<b>'.repeat(400),
  ],
  texts: [
    '=HYPERLINK("http://x.example","bấm")',
    '+1+cmd|x',
    '-2+3',
    '@SUM(A1)',
    'một dòng\r\nBcc: khac@x.example\r\n\r\nthân',
    '%0d%0aSet-Cookie: a=b',
    'dòng log\n{"event":"giả"}',
    'x\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301',
    'nếu (quyền \u2066!= "quản trị"\u2069) \u202E/* chú thích */',
  ],
  pollution: [
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '{"article":{"key":"x","__proto__":{"polluted":true}},"body":"thử thử"}',
    '{"article":{"key":"x"},"body":"thử thử","author":{"__proto__":{"name":"x"}},"state":"published"}',
    '[{"__proto__":{"polluted":true}}]',
  ],
  json: [
    ...[
      '',
      ' ',
      'null',
      'true',
      '1',
      '-',
      '1e999',
      '[]',
      '{}',
      '[1,]',
      '{"a":1,}',
      '{"a":1,"a":2}',
      '"',
      '{"body":',
      'NaN',
      '[1]x',
      '//',
      "{'a':1}",
    ].map((text, index) => ({ name: `own-${index}`, bytes: ascii(text) })),
    { name: 'own-deep', bytes: ascii('['.repeat(50_000)) },
    { name: 'own-deep-closed', bytes: ascii(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) },
    { name: 'own-surrogate', bytes: ascii('{"body":"\\ud800 lẻ","article":{"key":"\\udfff"}}') },
    { name: 'own-nul', bytes: ascii('{"body":"a\\u0000b","article":{"key":"a\\u0000b"}}') },
    { name: 'own-bom', bytes: hex('EF BB BF 7B 7D') },
    { name: 'own-utf16', bytes: hex('FF FE 7B 00 7D 00') },
    { name: 'own-invalid', bytes: hex('7B 22 61 22 3A 22 FF 22 7D') },
  ],
  utf8: [
    { id: 'ascii', isValid: true, bytes: hex('61 62') },
    { id: 'two', isValid: true, bytes: hex('C4 91') },
    { id: 'three', isValid: true, bytes: hex('E1 BB 87') },
    { id: 'four', isValid: true, bytes: hex('F0 9F 8C B8') },
    { id: 'replacement itself', isValid: true, bytes: hex('EF BF BD') },
    { id: 'noncharacter', isValid: true, bytes: hex('EF BF BE') },
    { id: 'highest', isValid: true, bytes: hex('F4 8F BF BF') },
    { id: 'lone continuation', isValid: false, bytes: hex('80') },
    { id: 'cut short', isValid: false, bytes: hex('E1 BB') },
    { id: 'never a byte', isValid: false, bytes: hex('FF') },
    { id: 'overlong slash', isValid: false, bytes: hex('C0 AF') },
    { id: 'overlong quote', isValid: false, bytes: hex('E0 80 A2') },
    { id: 'surrogate', isValid: false, bytes: hex('ED A0 80') },
    { id: 'paired surrogates', isValid: false, bytes: hex('ED A0 BD ED B8 80') },
    { id: 'too high', isValid: false, bytes: hex('F4 90 80 80') },
    { id: 'five bytes', isValid: false, bytes: hex('F8 88 80 80 80') },
  ],
}
