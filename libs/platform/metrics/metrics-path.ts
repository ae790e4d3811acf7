/** Where Prometheus reads; deployments and rules are held against it. */
export const METRICS_PATH = '/metrics';
