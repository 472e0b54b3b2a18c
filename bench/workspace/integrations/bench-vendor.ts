import { BaseIntegration, type ExternalOrganization, type OrganizationMapping, requireOk, type TestResult } from '@crosswalk/sdk'

type Page = { organizations: { id: number; name: string; code: string; tier: string }[]; next_page: number | null }

/** Lists the simulated vendor's organizations, a thousand a page. */
export class BenchVendor extends BaseIntegration<object> {
  static integrationName = 'bench_vendor'
  static config = { bench_vendor_url: { label: 'URL', required: true } }

  supportsOrgMapping() {
    return true
  }

  async *listOrganizations(): AsyncGenerator<ExternalOrganization[], void, undefined> {
    const url = await this.context.getConfig('bench_vendor_url', '')
    for (let page: number | null = 1; page !== null; ) {
      const response = await requireOk(
        await fetch(`${url}/organizations?page_size=1000&page=${page}`, { headers: { authorization: 'Bearer bench-key' } }),
      )
      const answer = (await response.json()) as Page // the simulator's own form
      yield answer.organizations.map(({ id, name, code, tier }) => ({ id: String(id), name, metadata: { code, tier } }))
      page = answer.next_page
    }
  }

  async getClient(_mapping: OrganizationMapping): Promise<object> {
    return {}
  }

  async testConnection(_mapping: OrganizationMapping): Promise<TestResult> {
    return { success: true, message: 'Reached' }
  }
}
