// Prints the page. A receipt tells the switch first, so that the next print is marked as a copy.

const button = document.getElementById('print');

if (button) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    if (button.dataset.printed) {
      try {
        await fetch(button.dataset.printed, { method: 'POST', signal: AbortSignal.timeout(5_000) });
      } catch {
        // It prints all the same; only the mark of the next one may be missing.
      }
      document.getElementById('print-note').hidden = false;
    }
    print();
  });
  // The till's result leads here to print; a reload of this page does not print again.
  if (location.hash === '#print') {
    history.replaceState(null, '', location.pathname + location.search);
    button.click();
  }
}
