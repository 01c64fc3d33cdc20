import { InMemoryOrchestrationBackend } from '@microsoft/durabletask-js';

const MAX_HISTORY_EVENTS = 100_000;

/**
 * Microsoft's in-memory engine, made to behave like the Durable Task extension: an id can be used again once its instance is over, custom
 * status and parent outlive continue-as-new, and all instances can be listed.
 */
export class Backend extends InMemoryOrchestrationBackend {
  /** The parent's id, where there is one, by the instance's. */
  readonly #parents = new Map<string, string | undefined>();

  constructor() {
    super(MAX_HISTORY_EVENTS);
  }

  /** The ids of all instances, oldest first. */
  ids(): readonly string[] {
    return [...this.#parents.keys()];
  }

  parentOf(id: string): string | undefined {
    return this.#parents.get(id);
  }

  override createInstance(...args: Parameters<InMemoryOrchestrationBackend['createInstance']>): string {
    const [id, , , , parent] = args;
    this.purge(id);
    super.createInstance(...args);
    this.#parents.set(id, parent?.instanceId);
    return id;
  }

  override purge(id: string): boolean {
    const isPurged = super.purge(id);
    if (isPurged) this.#parents.delete(id);
    return isPurged;
  }

  override completeOrchestration(...args: Parameters<InMemoryOrchestrationBackend['completeOrchestration']>): void {
    const [id] = args;
    const before = this.getInstance(id)?.customStatus;
    super.completeOrchestration(...args);
    const instance = this.getInstance(id);
    const status = args[3] ?? before;
    if (instance !== undefined && status !== undefined) instance.customStatus ??= status;
  }
}
