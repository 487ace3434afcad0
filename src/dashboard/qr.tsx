// A text as a QR code, drawn into the page: no picture is fetched and no script runs.
import { encode } from 'uqr'

/** The code, black on white in every colour scheme, since that is what cameras expect. */
export function QrCode(props: { text: string; label: string }) {
  const { size, data } = encode(props.text, { ecc: 'M', border: 4 })
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={props.label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
