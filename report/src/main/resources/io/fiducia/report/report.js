(() => {
  'use strict';
  // Controls show only where they work.
  document.documentElement.classList.add('js');
  for (const viewer of document.querySelectorAll('.viewer')) {
    const slider = viewer.querySelector('input');
    if (!slider) continue;
    const slices = viewer.querySelectorAll('.slice');
    const output = viewer.querySelector('output');
    const show = () => {
      slices.forEach((slice, i) => slice.classList.toggle('on', i === Number(slider.value)));
      const where = slices[slider.value].dataset.where;
      output.textContent = where;
      slider.setAttribute('aria-valuetext', where);
    };
    slider.addEventListener('input', show);
    show();
  }
  const switches = [...document.querySelectorAll('[data-shows]')];
  const redraw = () => {
    for (const path of document.querySelectorAll('.viewer path')) {
      const hidden = switches.some(s => !s.checked && path.matches(s.dataset.shows));
      path.classList.toggle('off', hidden);
    }
  };
  switches.forEach(s => s.addEventListener('change', redraw));
  redraw();
})();
