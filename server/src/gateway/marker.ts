import type { Socket } from 'node:net'

/** What a dead gateway left unread lies before the marker. More than a socket holds is no leftover. */
const maxLeftoverBytes = 16 * 1024 * 1024
const maxWaitMs = 30_000

/** Reads away all that comes before the marker, and the marker. False where it does not come. */
export function readMarker(socket: Socket, marker: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    let tail: Buffer = Buffer.alloc(0)
    let readBytes = 0
    const timer = setTimeout(() => end(false), maxWaitMs)
    const end = (found: boolean) => {
      clearTimeout(timer)
      socket.off('data', onData)
      socket.off('close', onClose)
      if (!found) socket.destroy()
      resolve(found)
    }
    const onClose = () => end(false)
    const onData = (chunk: Buffer) => {
      readBytes += chunk.length
      const bytes = Buffer.concat([tail, chunk])
      const at = bytes.indexOf(marker)
      if (at >= 0) {
        socket.pause()
        const rest = bytes.subarray(at + marker.length)
        if (rest.length > 0) socket.unshift(rest)
        end(true)
      } else if (readBytes > maxLeftoverBytes) end(false)
      else tail = bytes.subarray(Math.max(0, bytes.length - marker.length + 1))
    }
    socket.on('data', onData)
    socket.on('close', onClose)
  })
}
