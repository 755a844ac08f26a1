/** The main places of the platform, once for the rail, the bottom bar and the menu. */
import {
  Clapperboard,
  ChartNoAxesColumn,
  History,
  House,
  ListChecks,
  Upload,
  Users,
  type LucideIcon,
} from 'lucide-vue-next';
import { computed, type ComputedRef } from 'vue';
import { useSession } from '../stores/session.ts';

/** A main place. */
export interface Place {
  readonly path: string;
  readonly label: string;
  readonly icon: LucideIcon;
}

/** The main places by name. */
export const PLACES = {
  home: { path: '/', label: 'Home', icon: House },
  following: { path: '/following', label: 'Following', icon: Users },
  upload: { path: '/upload', label: 'Upload', icon: Upload },
  myVideos: { path: '/videos', label: 'My videos', icon: Clapperboard },
  studio: { path: '/studio', label: 'Studio', icon: ChartNoAxesColumn },
  history: { path: '/history', label: 'History', icon: History },
  jobs: { path: '/jobs', label: 'Jobs', icon: ListChecks },
} as const satisfies Readonly<Record<string, Place>>;

/** Places of the rail for who is logged in. */
export function usePlaces(): ComputedRef<readonly Place[]> {
  const session = useSession();
  return computed(() => [
    PLACES.home,
    PLACES.following,
    ...(session.loggedIn ? [PLACES.myVideos, PLACES.studio, PLACES.history] : []),
    ...(session.isAdmin ? [PLACES.jobs] : []),
  ]);
}
