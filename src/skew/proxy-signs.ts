// By what a proxy is told from clients. Both are a matter of judgement, and ours.

/** Addresses with this share of everything are proxies': no household, office or carrier is the whole Internet. */
export const PROXY_SHARE = 0.9;

/** So many addresses that carry {@link PROXY_SHARE} together may be a pair of proxies and their spares; more are clients. */
export const MOST_PROXIES = 4;
