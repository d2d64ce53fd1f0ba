// Says in words how the till is connected. Other modules tell what they saw of the network.

const line = document.getElementById('connection');

/** `on`: an answer came. `slow`: one is late. `off`: none came. */
export function connection(state) {
  if (!line || line.dataset.state === state) return;
  line.dataset.state = state;
  line.textContent = line.dataset[state];
}

addEventListener('offline', () => connection('off'));
addEventListener('online', () => connection('on'));
connection(navigator.onLine ? 'on' : 'off');
