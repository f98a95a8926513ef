const poolMetrics = [
  'pool_metadata',
  'pool_stored',
  'pool_max_avail',
  'pool_quota_bytes',
  'pool_rd',
  'pool_wr',
  'pool_rd_bytes',
  'pool_wr_bytes',
  'pg_total',
  'pg_active',
  'pg_clean',
  'pg_unknown',
] as const;

const osdMetrics = [
  'osd_metadata',
  'osd_up',
  'osd_in',
  'osd_weight',
  'osd_stat_bytes',
  'osd_stat_bytes_used',
  'disk_occupation',
  'osd_op_r',
  'osd_op_w',
  'osd_op_rw',
  'osd_op_r_out_bytes',
  'osd_op_rw_in_bytes',
  'osd_op_rw_out_bytes',
  'osd_op_w_in_bytes',
  'osd_op_r_latency_sum',
  'osd_op_r_latency_count',
  'osd_op_w_latency_sum',
  'osd_op_w_latency_count',
  'osd_op_rw_latency_sum',
  'osd_op_rw_latency_count',
] as const;

/** What all of Ceph's metrics begin with. */
export const prefix = 'ceph_';

/** Every metric that is read: names that managers and ceph-exporter have in common. */
export const cephMetricNames: ReadonlySet<string> = new Set(
  ['health_status', 'health_detail', ...poolMetrics, ...osdMetrics].map((name) => `${prefix}${name}`),
);
