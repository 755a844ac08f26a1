import { VueQueryPlugin } from '@tanstack/vue-query';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { queryClient } from './api/index.ts';
import App from './app.vue';
import { router } from './router.ts';
import './style.css';

// zod comes with pages loaded later; without this it asks for eval, which the CSP forbids and reports
(globalThis as { __zod_globalConfig?: object }).__zod_globalConfig = { jitless: true };

createApp(App).use(createPinia()).use(router).use(VueQueryPlugin, { queryClient }).mount('#app');
