import { join } from 'node:path';

/** An account on the gateway, as IAM's ARNs name it. */
export const ACCOUNT_ID = '123456789012';

export interface CephConfOptions {
  /** Where the daemons keep what little does not stay in memory, and their logs. */
  readonly dataDir: string;
  readonly clusterId: string;
  readonly monitorPort: number;
  readonly gatewayPort: number;
  /** Encrypts session tokens: 16 characters. */
  readonly stsKey: string;
}

/** The configuration of the smallest Ceph there can be: one daemon of each kind on loopback, objects in memory, no copies. */
export function cephConf({ dataDir, clusterId, monitorPort, gatewayPort, stsKey }: CephConfOptions): string {
  return `[global]
fsid = ${clusterId}
mon_host = v2:127.0.0.1:${monitorPort}
log_file = ${join(dataDir, '$name.log')}
crash_dir = ${dataDir}
admin_socket =
# The daemons trust each other.
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 2
osd_pool_default_pgp_num = 2
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
[mon]
mon_data = ${join(dataDir, 'mon')}
mon_cluster_log_file = ${join(dataDir, 'cluster.log')}
mon_allow_pool_size_one = true
# Each pool takes a handful of changes of the map, and each change would wait for a second.
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
[osd]
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
osd_data = ${join(dataDir, 'osd')}
osd_objectstore = memstore
memstore_device_bytes = 8589934592
osd_op_num_shards = 2
osd_op_num_threads_per_shard = 2
[client]
# Encrypted sessions need the keys that we do without.
ms_mon_client_mode = crc
[client.gateway]
rgw_data = ${dataDir}
keyring = /dev/null
rgw_frontends = beast endpoint=127.0.0.1:${gatewayPort} tcp_nodelay=1
rgw_thread_pool_size = 64
rgw_dynamic_resharding = false
rgw_s3_auth_use_sts = true
rgw_sts_key = ${stsKey}
# AWS gives no session shorter than 900 s; here tests can see one expire.
rgw_sts_min_session_duration = 1
rgw_sts_max_session_duration = 43200
# The issuer's certificate is signed by an authority that the gateway cannot be told of.
rgw_verify_ssl = false
# Gives the memory of deleted objects back at once.
rgw_gc_obj_min_wait = 1
rgw_gc_processor_period = 5
`;
}
