import type { ConnectionTest } from '@crosswalk/client'
import { Alert, Button, Group, Text } from '@mantine/core'

/** What the vendor calls the external organization, where a test that passed says it. */
export function vendorNameIn({ success, details }: ConnectionTest): string | undefined {
  if (!success) return undefined
  return [details.org_name, details.name]
    .find((name): name is string => typeof name === 'string' && name.trim() !== '')
    ?.trim()
    .slice(0, 200)
}

/** A name that is not the vendor's may be that of another external organization. */
export function VendorNameNotice({ vendorName, onUse }: { vendorName: string; onUse: () => void }) {
  return (
    <Alert color="orange" variant="light" p="xs" role="alert">
      <Group justify="space-between" gap="xs">
        <Text size="sm" className="wrap-anywhere">
          The vendor calls it <b>{vendorName}</b>.
        </Text>
        <Button size="compact-sm" variant="default" onClick={onUse}>
          Use this name
        </Button>
      </Group>
    </Alert>
  )
}
