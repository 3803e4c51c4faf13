/** The private line between a page and the worker that holds its engines. Credentials go here and nowhere else. */
import type { EngineHandle, EngineHost, EngineStart, Secret } from '../client/bridge.js';
import { ChatError, toChatError, type ChatErrorCode } from '../base/error.js';
import { newId } from '../base/id.js';

export type LocalHost = Omit<EngineHost, 'prepare' | 'forsake' | 'restart' | 'openChannel'>;
type Failure = { readonly code: ChatErrorCode; readonly message: string; readonly condition?: string };
type Method = 'register' | 'verify' | 'unregister' | 'start' | 'close' | 'claim';
type Line =
  | { readonly type: 'up' }
  | { readonly type: 'ask'; readonly id: string; readonly method: Method; readonly args: readonly unknown[] }
  /** The worker asks for what proves who one is, at each attempt to connect. */
  | { readonly type: 'secret'; readonly id: string; readonly engine: string }
  | { readonly type: 'answer'; readonly id: string; readonly result?: unknown; readonly error?: Failure };

/** Either end: a Worker, or a worker's own scope. */
export interface LinePort {
  postMessage(message: Line): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<Line>) => void): void;
}

const failure = (thrown: unknown): Failure => {
  const { code, message, condition } = toChatError(thrown, 'protocol');
  return { code, message, ...(condition === undefined ? {} : { condition }) };
};

/** What becomes of a question whose worker was replaced: it is put to the next one, has been answered by that, or has failed. */
type WhenMoved = 'again' | 'done' | 'failed';

class Questions {
  readonly #open = new Map<string, { readonly resolve: (result: unknown) => void; readonly reject: (error: ChatError) => void; readonly post: () => void; readonly whenMoved: WhenMoved }>();

  ask(id: string, post: () => void, whenMoved: WhenMoved = 'failed'): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject, post, whenMoved });
      post();
    });
  }

  moved(): void {
    for (const [id, { resolve, reject, post, whenMoved }] of Array.from(this.#open)) {
      if (whenMoved === 'again') post();
      else {
        this.#open.delete(id);
        if (whenMoved === 'done') resolve(undefined);
        else reject(new ChatError('timeout', 'the worker did not answer'));
      }
    }
  }

  answered({ id, result, error }: Extract<Line, { type: 'answer' }>): void {
    const question = this.#open.get(id);
    this.#open.delete(id);
    if (error) question?.reject(new ChatError(error.code, error.message, { condition: error.condition }));
    else question?.resolve(result);
  }
}

/** The worker's end. */
export function serveHost(port: LinePort, host: LocalHost): void {
  const engines = new Map<string, EngineHandle>();
  const questions = new Questions();
  const secretOf = (engine: string) => async (): Promise<Secret> => {
    const id = newId();
    return (await questions.ask(id, () => port.postMessage({ type: 'secret', id, engine }))) as Secret;
  };
  const run: { readonly [M in Method]: (...args: never[]) => Promise<unknown> } = {
    register: (...args: Parameters<LocalHost['register']>) => host.register(...args),
    verify: (...args: Parameters<LocalHost['verify']>) => host.verify(...args),
    unregister: (...args: Parameters<LocalHost['unregister']>) => host.unregister(...args),
    async start(engine: string, start: EngineStart) {
      engines.set(engine, await host.start(start, secretOf(engine)));
    },
    async claim(engine: string) {
      await engines.get(engine)?.claim();
    },
    async close(engine: string) {
      await engines.get(engine)?.close();
      engines.delete(engine);
    },
  };
  port.addEventListener('message', ({ data }) => {
    if (data.type === 'answer') questions.answered(data);
    else if (data.type === 'ask') {
      const { id, method, args } = data;
      run[method](...(args as never[])).then(
        (result) => port.postMessage({ type: 'answer', id, result }),
        (error: unknown) => port.postMessage({ type: 'answer', id, error: failure(error) }),
      );
    }
  });
  port.postMessage({ type: 'up' });
}

const whenMoved: { readonly [M in Method]?: WhenMoved } = { start: 'again', close: 'done', claim: 'done' };

/** The page's end. `up` resolves when the worker has begun; `move`: another worker is in its place, and has to run the same engines. */
export function remoteHost(first: LinePort): { readonly host: LocalHost; readonly up: Promise<void>; readonly move: (next: LinePort) => void } {
  let port = first;
  const questions = new Questions();
  const engines = new Map<string, { readonly start: EngineStart; readonly secret: () => Promise<Secret>; running: boolean }>();
  const ask = (method: Method, ...args: readonly unknown[]): Promise<unknown> => {
    const id = newId();
    return questions.ask(id, () => port.postMessage({ type: 'ask', id, method, args }), whenMoved[method]);
  };
  let begun = (): void => {};
  const up = new Promise<void>((resolve) => (begun = resolve));
  const listen = (to: LinePort): void =>
    to.addEventListener('message', ({ data }) => {
      // Of a worker that has been replaced nothing counts.
      if (to !== port) return;
      if (data.type === 'up') begun();
      else if (data.type === 'answer') questions.answered(data);
      else if (data.type === 'secret') {
        const { id, engine } = data;
        (engines.get(engine)?.secret ?? gone)().then(
          (result) => to.postMessage({ type: 'answer', id, result }),
          (error: unknown) => to.postMessage({ type: 'answer', id, error: failure(error) }),
        );
      }
    });
  listen(first);
  const host: LocalHost = {
    register: async (...args) => void (await ask('register', ...args)),
    verify: async (...args) => (await ask('verify', ...args)) as Awaited<ReturnType<LocalHost['verify']>>,
    unregister: async (...args) => void (await ask('unregister', ...args)),
    async start(start, secret) {
      const engine = newId();
      const started = { start, secret, running: false };
      engines.set(engine, started);
      await ask('start', engine, start);
      started.running = true;
      return {
        claim: async () => void (await ask('claim', engine)),
        async close() {
          started.running = false;
          await ask('close', engine);
          engines.delete(engine);
        },
      };
    },
  };
  const move = (next: LinePort): void => {
    port = next;
    listen(next);
    questions.moved();
    // One that cannot begin has been told of by its own.
    for (const [engine, { start, running }] of engines) if (running) ask('start', engine, start).catch(() => {});
  };
  return { host, up, move };
}

const gone = (): Promise<Secret> => Promise.reject(new ChatError('offline', 'the account was closed'));
