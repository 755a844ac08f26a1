/// <reference types="vite/client" />

declare module 'virtual:contract-faces' {
  type Contracts = typeof import('#contracts');

  /** Method and path of each operation of each service. */
  export const faces: {
    readonly [Service in keyof Contracts['APIS']]: {
      readonly service: Service;
      readonly routes: {
        readonly [Id in keyof Contracts['APIS'][Service]['routes']]: {
          readonly method: import('#contracts').Route['method'];
          readonly path: string;
        };
      };
    };
  };
  /** Names of the events of the live stream. */
  export const liveEventNames: readonly import('#contracts').LiveEventName[];
}

declare module '@fontsource-variable/inter/wght.css';
