/** Mounts a component as it stands in the page: with stores, router and reads. */
import { VueQueryPlugin } from '@tanstack/vue-query';
import { mount, type VueWrapper } from '@vue/test-utils';
import { createPinia, setActivePinia } from 'pinia';
import { vi } from 'vitest';
import type { Component } from 'vue';
import { createMemoryHistory, createRouter, type Router } from 'vue-router';
import { queryClient } from '../../../web/src/api/index.ts';

/** A mounted component, and the router that it uses. */
export interface MountedPage {
  readonly page: VueWrapper;
  readonly router: Router;
  /** Takes it off the page; what it still reads is given up. */
  leave(): Promise<void>;
}

/** Mounts `component` at `path`; what was read before is forgotten. */
export async function mountPage(
  component: Component,
  options: { readonly path?: string; readonly props?: Record<string, unknown> } = {},
): Promise<MountedPage> {
  queryClient.clear();
  const pinia = createPinia();
  setActivePinia(pinia);
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/:path(.*)*', component: { template: '<i />' } }],
  });
  await router.push(options.path ?? '/');
  const page = mount(component, {
    ...(options.props ? { props: options.props } : {}),
    global: { plugins: [pinia, router, [VueQueryPlugin, { queryClient }]] },
    attachTo: document.body,
  });
  return {
    page,
    router,
    async leave() {
      page.unmount();
      await queryClient.cancelQueries();
    },
  };
}

/** Waits until `look` no longer throws, and gives what it gives; patient, since the machine may be busy. */
export async function eventually<T>(look: () => T): Promise<T> {
  return await vi.waitFor(look, { timeout: 20_000 });
}
