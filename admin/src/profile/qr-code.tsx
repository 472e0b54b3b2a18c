import { Box } from '@mantine/core'
import { encode } from 'uqr'

type QrCodeProps = { text: string; label: string; sizePx?: number }

/** A text as a QR code, drawn here: what it says goes nowhere. Black on white in both colour schemes, because cameras want that. */
export function QrCode({ text, label, sizePx = 200 }: QrCodeProps) {
  const { data, size } = encode(text, { ecc: 'M', border: 4 })
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return (
    <Box w={sizePx} maw="100%">
      <svg role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} width="100%" shapeRendering="crispEdges">
        <rect width={size} height={size} fill="#fff" />
        <path d={dark.join('')} fill="#000" />
      </svg>
    </Box>
  )
}
