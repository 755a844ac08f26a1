/** A TCP proxy before a store that can freeze, delay and cut: a dropped route, a slow network, a failover. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Both sides of one connection. */
interface Link {
  readonly near: Socket;
  readonly far: Socket;
  /** What each side has sent and is delayed, in its order. */
  readonly delayed: ReadonlyMap<Socket, Buffer[]>;
}

/** A proxy that listens on a port of its own. */
export class TcpProxy {
  private readonly links = new Set<Link>();
  private readonly server: Server;
  private frozen = false;
  private delayMs = 0;

  private constructor(server: Server) {
    this.server = server;
  }

  /** Starts a proxy before `target`. */
  static async before(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server);
    server.on('connection', (near) => proxy.join(near, connect(target.port, target.host)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Connections that are open at this moment. */
  get connections(): number {
    return this.links.size;
  }

  /** Forwards nothing more on the connections that are open, and says so to neither side; new ones work. */
  freezeOpen(): void {
    for (const link of this.links) hold(link);
  }

  /** Like {@link freezeOpen}, and new connections are accepted and stay silent too, until {@link resume}. */
  freeze(): void {
    this.frozen = true;
    this.freezeOpen();
  }

  /** Forwards again, what was held included. */
  resume(): void {
    this.frozen = false;
    this.delayMs = 0;
    for (const link of this.links) {
      const { near, far } = link;
      passOn(near, link, Number.POSITIVE_INFINITY);
      passOn(far, link, Number.POSITIVE_INFINITY);
      near.resume();
      far.resume();
    }
  }

  /** Forwards each piece so much later. */
  delay(ms: number): void {
    this.delayMs = ms;
  }

  /** Breaks all connections that are open; new ones work. */
  cut(): void {
    for (const { near, far } of this.links) {
      near.resetAndDestroy();
      far.destroy();
    }
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket, far: Socket): void {
    const delayed = new Map<Socket, Buffer[]>([
      [near, []],
      [far, []],
    ]);
    const link = { near, far, delayed };
    this.links.add(link);
    this.forward(near, far, link);
    this.forward(far, near, link);
    if (this.frozen) hold(link);
  }

  private forward(from: Socket, to: Socket, link: Link): void {
    from.on('data', (bytes) => {
      const waiting = link.delayed.get(from) ?? [];
      waiting.push(bytes);
      // never past what was sent before it
      if (this.delayMs === 0 && waiting.length === 1) passOn(from, link, 1);
      else setTimeout(() => passOn(from, link, 1), this.delayMs);
    });
    // the other side's 'close' follows
    from.on('error', () => undefined);
    from.once('close', () => {
      this.links.delete(link);
      to.destroy();
    });
  }
}

/** Sends on the first pieces that a side has sent, if any are left. */
function passOn(from: Socket, { near, far, delayed }: Link, pieces: number): void {
  const to = from === near ? far : near;
  for (const bytes of delayed.get(from)?.splice(0, pieces) ?? []) to.write(bytes);
}

function hold({ near, far }: Link): void {
  near.pause();
  far.pause();
}
