/**
 * The status of an instance in the orchestration engine: `pending`, it has not begun; `suspended`, an operator has stopped it for a while;
 * `ended`, in whatever way; `gone`, the engine knows none by this id.
 */
export type InstanceStatus = 'pending' | 'active' | 'suspended' | 'ended' | 'gone';

/** As much of the orchestration engine as the life of a run needs. */
export interface Engine {
  /** Starts the instance that carries an attempt of a run. */
  start(instanceId: string, attempt: { readonly runId: string; readonly attempt: number }): Promise<void>;
  status(instanceId: string): Promise<InstanceStatus>;
  /** Ends an instance, so that its history can be forgotten. */
  terminate(instanceId: string, reason: string): Promise<void>;
  /** Forgets the instances that were made before `before` and have ended. */
  purge(before: Date): Promise<void>;
}
