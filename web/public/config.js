// Settings for development; in a cluster the web's server answers /config.js from its manifest.
window.__CONFIG__ = Object.freeze({});
