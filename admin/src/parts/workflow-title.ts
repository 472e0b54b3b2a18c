/** What to call a workflow among others: what its author calls it, with its name, by which logs and programs know it. */
export function titleOf({ name, display_name }: { name: string; display_name: string }): string {
  return display_name === name ? name : `${display_name} (${name})`
}
