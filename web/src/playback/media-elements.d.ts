import type { DefineComponent } from 'vue';

type Element = DefineComponent<Readonly<Record<string, unknown>>>;

/** The elements of media-chrome that the player uses. */
declare module 'vue' {
  interface GlobalComponents {
    MediaController: Element;
    MediaControlBar: Element;
    MediaPlayButton: Element;
    MediaMuteButton: Element;
    MediaVolumeRange: Element;
    MediaTimeRange: Element;
    MediaTimeDisplay: Element;
    MediaCaptionsButton: Element;
    MediaPipButton: Element;
    MediaFullscreenButton: Element;
    MediaLoadingIndicator: Element;
  }
}
