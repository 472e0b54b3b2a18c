import { Notifications } from '@mantine/notifications'
import { useIsNarrow } from '../elements/use-narrow.ts'

/** What was done, for some seconds: where it hides neither a page's heading nor what a drawer or dialog asks. */
export function Toasts() {
  const isNarrow = useIsNarrow()
  return <Notifications position={isNarrow ? 'bottom-center' : 'bottom-left'} containerWidth={420} />
}
