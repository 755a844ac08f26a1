/** Who and what the demo is made of. */
import type { Draft } from './film-upload.ts';
import type { FilmClip } from './film-clip.ts';
import type { Identity } from './member.ts';

/** Password of every account of the demo, which the load command prints; only ever on somebody's own machine. */
export const DEMO_PASSWORD = 'watch-these-clips';

/** A member of the demo, and whom they follow. */
export interface DemoMember extends Omit<Identity, 'password'> {
  readonly bio: string;
  readonly follows: readonly string[];
}

/** A video of the demo, and what others say of it. */
export interface DemoVideo {
  readonly owner: string;
  readonly draft: Omit<Draft, 'fileName'>;
  readonly clip: FilmClip;
  readonly likedBy: readonly string[];
  /** Who says what, in turn. */
  readonly comments: readonly (readonly [handle: string, text: string])[];
}

/** The members; each signs up from an address of their own, since an address may sign up only so often. */
export const DEMO_MEMBERS: readonly DemoMember[] = [
  { handle: 'ada', displayName: 'Ada Kowalski', bio: 'Films numbers.', follows: ['bruno', 'chiyo'] },
  { handle: 'bruno', displayName: 'Bruno Lima', bio: 'Colour bars, mostly.', follows: ['ada'] },
  { handle: 'chiyo', displayName: 'Chiyo Mori', bio: 'Small worlds in small squares.', follows: ['ada', 'bruno'] },
  { handle: 'dara', displayName: 'Dara Okafor', bio: 'Only here to watch.', follows: ['ada', 'bruno', 'chiyo'] },
];

/** The videos, the oldest first. */
export const DEMO_VIDEOS: readonly DemoVideo[] = [
  {
    owner: 'bruno',
    draft: {
      title: 'Colour bars, the director’s cut',
      description: 'Nothing happens, in every colour.',
      tags: ['test-picture', 'calm'],
      visibility: 'public',
    },
    clip: { picture: 'smptehdbars', seconds: 6, toneHz: 1000 },
    likedBy: ['ada', 'dara'],
    comments: [['dara', 'I watched this twice and would do it again.']],
  },
  {
    owner: 'ada',
    draft: {
      title: 'Into the Mandelbrot set',
      description: 'A slow zoom. The edge never comes nearer.',
      tags: ['numbers', 'fractal'],
      visibility: 'public',
    },
    clip: { picture: 'mandelbrot=maxiter=400', seconds: 10, size: '854x480', toneHz: 220 },
    likedBy: ['bruno', 'chiyo', 'dara'],
    comments: [
      ['chiyo', 'How long until it repeats?'],
      ['ada', 'It does not. That is the point of it.'],
    ],
  },
  {
    owner: 'chiyo',
    draft: {
      title: 'A game of life and mold',
      description: 'Conway’s rules; what dies leaves a trace for a while.',
      tags: ['life', 'numbers'],
      visibility: 'public',
    },
    clip: { picture: 'life=mold=25:ratio=0.12:death_color=#C83232:life_color=#32C864:seed=7', seconds: 8, toneHz: 0 },
    likedBy: ['ada'],
    comments: [['bruno', 'The glider at the left is my favourite.']],
  },
  {
    owner: 'ada',
    draft: {
      title: 'Rule 110, line by line',
      description: 'One line of cells, its next one below it.',
      tags: ['numbers', 'automaton'],
      visibility: 'public',
    },
    clip: { picture: 'cellauto=rule=110:seed=11:scroll=1', seconds: 8, toneHz: 330 },
    likedBy: ['chiyo', 'dara'],
    comments: [],
  },
  {
    owner: 'bruno',
    draft: {
      title: 'Test picture with a clock',
      description: 'To see whether sound and picture agree.',
      tags: ['test-picture'],
      visibility: 'public',
    },
    clip: { picture: 'testsrc2', seconds: 12, size: '1280x720', bitRate: '1500k' },
    likedBy: ['chiyo'],
    comments: [['ada', 'They do, here at least.']],
  },
  {
    owner: 'ada',
    draft: { title: 'A draft that only Ada sees', visibility: 'private' },
    clip: { picture: 'rgbtestsrc', seconds: 4 },
    likedBy: [],
    comments: [],
  },
];
