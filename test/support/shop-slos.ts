/** The file of an SLO of the service `shop` over the counters of `logPipeline`; `more` are further entries. */
export function shopAvailability(objective: string, more = ''): string {
  return `
slos:
  - id: shop-availability
    title: Requests to shop succeed
    service: shop
    owner: team-shop
    objective: ${objective}
    window: 30d
    availability:
      total: http_requests_total{service="shop"}
      bad: http_requests_total{service="shop",status=~"5.."}
${more}`;
}

/** Of requests by how long they took. */
export const SHOP_LATENCY = `  - id: shop-latency
    title: Requests to shop are quick
    service: shop
    owner: team-shop
    objective: 95%
    window: 30d
    latency:
      histogram: http_request_duration_seconds{service="shop"}
      threshold: 250ms
`;
