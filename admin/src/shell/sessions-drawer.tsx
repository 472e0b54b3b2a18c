import { FormDrawer } from '../elements/form-drawer.tsx'
import { SessionList } from '../parts/session-list.tsx'

/** The browsers that are signed in, beside any page. */
export function SessionsDrawer({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <FormDrawer title="Sessions" isOpen={isOpen} onClose={onClose}>
      <SessionList />
    </FormDrawer>
  )
}
