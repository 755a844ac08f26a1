/** What somebody should hear of: the words of each kind of notification, made from the event that causes it. */
import type {
  jobDead,
  followed,
  mediaFailed,
  NotificationKind,
  passwordChanged,
  Person,
  videoCommented,
  videoLiked,
  videoPublished,
  Visibility,
} from '#contracts';
import type { DataOf } from '#declare';

/** Something that one account should hear of. */
export interface NewNotification {
  readonly userId: string;
  readonly kind: NotificationKind;
  /** What it comes from; one cause gives a mailbox one entry, so liking, unliking and liking again is told once. */
  readonly cause: string;
  readonly title: string;
  readonly body: string;
  readonly link: string;
  readonly actor: Person | null;
  readonly videoId: string | null;
  readonly createdAt: Date;
}

/** A public video that was published, as its followers hear of it. */
export interface Publication {
  readonly videoId: string;
  readonly owner: Person;
  readonly title: string;
  readonly publishedAt: Date;
}

const TITLE_LENGTH = 200;
const FILE_NAME_LENGTH = 100;
const WHO_SEES: Readonly<Record<Visibility, string>> = {
  public: 'Everyone can see it.',
  unlisted: 'Anyone with the link can see it.',
  private: 'Only you can see it.',
};

/** Cause of the news of a publication. */
export function publicationCause(videoId: string): string {
  return `published:${videoId}`;
}

/** A follower hears of a publication. */
export function publishedNotification(
  { videoId, owner, title, publishedAt }: Publication,
  followerId: string,
): NewNotification {
  return {
    userId: followerId,
    kind: 'video_published',
    cause: publicationCause(videoId),
    title: oneLine(`${owner.displayName} published “${title}”`),
    body: '',
    link: watchPath(videoId),
    actor: owner,
    videoId,
    createdAt: publishedAt,
  };
}

/** The owner hears that a video can be watched. */
export function readyNotification({
  videoId,
  ownerId,
  title,
  visibility,
  publishedAt,
}: DataOf<typeof videoPublished>): NewNotification {
  return {
    userId: ownerId,
    kind: 'video_ready',
    cause: `ready:${videoId}`,
    title: oneLine(`“${title}” is ready to watch`),
    body: WHO_SEES[visibility],
    link: watchPath(videoId),
    actor: null,
    videoId,
    createdAt: new Date(publishedAt),
  };
}

/** The owner hears of a comment. */
export function commentNotification(data: DataOf<typeof videoCommented>): NewNotification {
  return {
    userId: data.ownerId,
    kind: 'video_commented',
    cause: `commented:${data.commentId}`,
    title: oneLine(`${data.authorDisplayName} commented on “${data.title}”`),
    body: data.excerpt,
    link: watchPath(data.videoId),
    actor: { userId: data.authorId, handle: data.authorHandle, displayName: data.authorDisplayName },
    videoId: data.videoId,
    createdAt: new Date(data.commentedAt),
  };
}

/** The owner hears of a like. */
export function likeNotification(data: DataOf<typeof videoLiked>): NewNotification {
  return {
    userId: data.ownerId,
    kind: 'video_liked',
    cause: `liked:${data.videoId}:${data.likerId}`,
    title: oneLine(`${data.likerDisplayName} likes “${data.title}”`),
    body: '',
    link: watchPath(data.videoId),
    actor: { userId: data.likerId, handle: data.likerHandle, displayName: data.likerDisplayName },
    videoId: data.videoId,
    createdAt: new Date(data.likedAt),
  };
}

/** Somebody hears of a new follower. */
export function followNotification(data: DataOf<typeof followed>): NewNotification {
  return {
    userId: data.followeeId,
    kind: 'followed',
    cause: `followed:${data.followerId}`,
    title: oneLine(`${data.followerDisplayName} follows you`),
    body: '',
    link: `/@${data.followerHandle}`,
    actor: { userId: data.followerId, handle: data.followerHandle, displayName: data.followerDisplayName },
    videoId: null,
    createdAt: new Date(data.followedAt),
  };
}

/** The owner hears that a file cannot become a video. */
export function failureNotification(data: DataOf<typeof mediaFailed>): NewNotification {
  return {
    userId: data.ownerId,
    kind: 'media_failed',
    cause: `failed:${data.jobId}:${data.run}`,
    title: oneLine(`“${cut(data.fileName, FILE_NAME_LENGTH)}” could not be processed`),
    body: data.reason,
    link: watchPath(data.videoId),
    actor: null,
    videoId: data.videoId,
    createdAt: new Date(data.failedAt),
  };
}

/** The owner hears that a job used up its attempts. */
export function deadJobNotification(data: DataOf<typeof jobDead>): NewNotification {
  const tries = data.attempts === 1 ? 'one try' : `${data.attempts} tries`;
  return {
    userId: data.ownerId,
    kind: 'job_dead',
    cause: `dead:${data.jobId}:${data.run}`,
    title: oneLine(`“${cut(data.fileName, FILE_NAME_LENGTH)}” was given up after ${tries}`),
    body: data.reason,
    link: '/jobs',
    actor: null,
    videoId: data.videoId,
    createdAt: new Date(data.diedAt),
  };
}

/** Somebody hears that the password was changed, in case it was not they who did. */
export function passwordNotification(data: DataOf<typeof passwordChanged>): NewNotification {
  const others = data.revokedSessions === 1 ? 'One other session was' : `${data.revokedSessions} other sessions were`;
  return {
    userId: data.userId,
    kind: 'password_changed',
    cause: `password:${data.version}`,
    title: 'Your password was changed',
    body: data.revokedSessions === 0 ? '' : `${others} ended.`,
    link: '/settings',
    actor: null,
    videoId: null,
    createdAt: new Date(data.changedAt),
  };
}

function watchPath(videoId: string): string {
  return `/watch/${videoId}`;
}

/** One line that a page can show: a file's name may hold line breaks. */
function oneLine(text: string): string {
  return cut(text.replace(/\p{Cc}+/gu, ' '), TITLE_LENGTH);
}

/** The beginning of a text, never half of a character that takes two places. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
