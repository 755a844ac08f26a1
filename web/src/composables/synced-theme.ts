import { watch } from 'vue';
import { call, queryClient, readKey, useRead, userApi } from '../api/index.ts';
import { useSession } from '../stores/session.ts';
import { useTheme } from '../stores/theme.ts';

/** Takes the theme along from device to device: that of the account on log-in, and back what is chosen here. */
export function useSyncedTheme(): void {
  const session = useSession();
  const theme = useTheme();
  const settings = useRead(userApi, 'readSettings', undefined, { enabled: () => session.loggedIn });

  watch(
    () => settings.data.value?.theme,
    (saved) => {
      // an account that never chose leaves this device as it is
      if (saved !== undefined && saved !== 'system' && saved !== theme.choice) theme.choose(saved);
    },
  );
  watch(
    () => theme.choice,
    (choice) => {
      if (!session.loggedIn || settings.data.value === undefined || settings.data.value.theme === choice) return;
      call(userApi, 'changeSettings', { body: { theme: choice } })
        .then((answer) => queryClient.setQueryData(readKey(userApi, 'readSettings'), answer))
        // the choice is kept on this device; it goes along with the next one
        .catch(() => undefined);
    },
  );
}
