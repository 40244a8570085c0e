// import.js - importar contatos e procurar repetidos: o arquivo que se arrasta, e a barra que anda
// pelos avisos ao vivo (e, se eles faltam, perguntando).
const drop = document.querySelector('.import-drop');
if (drop) {
  const input = drop.querySelector('input[type=file]');
  const over = (is) => drop.classList.toggle('is-over', is);
  drop.addEventListener('dragover', (e) => { e.preventDefault(); over(true); });
  drop.addEventListener('dragleave', () => over(false));
  drop.addEventListener('drop', (e) => {
    e.preventDefault();
    over(false);
    if (e.dataTransfer.files.length) input.files = e.dataTransfer.files;
  });
}

const card = document.querySelector('[data-import], [data-scan]');
if (card) {
  const scan = 'scan' in card.dataset, id = scan ? 0 : Number(card.dataset.import);
  const job = scan ? 'contact.duplicates' : 'contact.import';
  const address = `/api/v1/contacts/${scan ? 'duplicates/scan' : `imports/${id}`}`;
  const bar = document.getElementById('progress'), text = document.getElementById('moved');
  let over = false;
  const show = ({ state, running, done, undone }) => {
    if (over) return;
    if (state === 'done' || state === 'undone' || running === false) {
      over = true;
      location.reload();
      return;
    }
    bar.value = state === 'undoing' ? undone : done;
    text.textContent = bar.value;
  };
  document.body.addEventListener('live:event', ({ detail: { type, data } }) => {
    if (type === 'job:progress' && data.job === job && data.id === id) show(data);
  });
  const ask = async () => {
    try {
      const answer = await fetch(address, { headers: { Accept: 'application/json' } });
      if (answer.ok) show(await answer.json());
    } catch { /* da próxima vez */ }
    if (!over) setTimeout(ask, 3000);
  };
  setTimeout(ask, 1000);
}
