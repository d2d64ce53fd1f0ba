// Large keys for the PIN. The field stays one that can be typed and pasted into.

const pad = document.getElementById('pad');
const field = document.getElementById('pin');

if (pad && field) {
  pad.hidden = false;
  document.getElementById('pin-go').hidden = true;
  pad.addEventListener('click', ({ target }) => {
    const key = target.closest('button');
    if (key?.dataset.digit && field.value.length < field.maxLength) field.value += key.dataset.digit;
    if (key?.id === 'pad-clear') field.value = '';
  });
  // A keyboard types into the field wherever the focus is, as long as nothing else takes the digit.
  addEventListener('keydown', (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (plain && /^\d$/.test(event.key) && document.activeElement !== field) {
      event.preventDefault();
      if (field.value.length < field.maxLength) field.value += event.key;
    }
  });
  if (document.querySelector('input[name=name]:checked')) field.focus({ preventScroll: true });
}
