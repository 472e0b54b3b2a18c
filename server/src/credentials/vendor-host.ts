/**
 * What a vendor's host is called in budgets and figures: with its port, where that is not the one of https:. What listens for http: is
 * another than what does for https:.
 */
export function vendorHostOf({ protocol, host, port }: URL): string {
  return protocol === 'http:' && port === '' ? `${host}:80` : host
}
