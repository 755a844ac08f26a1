// Sets the theme before the first paint. Its key and its rule are those of src/stores/theme.ts; a test holds both together.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem('theme');
  } catch (error) {
    // storage is closed to this page: the system decides
  }
  var dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
