'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const outcomes = ['ok', 'fail', 'info'];
const colors = { ok: '#3b7dd8', fail: '#e0a100', info: '#c2412d' };
const faultColors = ['#f3c9c2', '#cfe3f7', '#e3d5f2', '#d6ecd2', '#f6e6b8', '#d9d9d9', '#c9e8e8', '#f1d3e4'];
const nemeses = [...new Set(data.faults.map(f => f.nemesis))];
const nodeColors = { leader: '#7a4fc0', leaderless: '#d28b26', follower: '#dfe6ee', down: '#555' };
const { lane: lanes, start, end, outcome, f: kind, text } = data.operations;
const total = Math.max(1, data.end);
let view = { from: 0, to: total };
const byLane = [];
lanes.forEach((lane, i) => (byLane[lane] ??= []).push(i));
const marked = new Set(data.marked);

function cell(row, content, name) {
  const td = row.insertCell();
  td.textContent = content;
  if (name) { td.className = name; }
  return td;
}

function head(table, names) {
  const row = table.createTHead().insertRow();
  names.forEach(name => { const th = document.createElement('th'); th.textContent = name; row.append(th); });
  return table.createTBody();
}

function badge(valid) {
  const span = document.createElement('span');
  span.className = 'verdict ' + valid;
  span.textContent = valid;
  return span;
}

function tables() {
  const verdict = document.getElementById('verdict');
  verdict.textContent = data.valid;
  verdict.classList.add(data.valid);
  document.getElementById('command').textContent = data.command;
  const checks = head(document.getElementById('checks'), ['check', 'verdict', 'first line of the reason']);
  data.checks.forEach(check => {
    const row = checks.insertRow();
    cell(row, check.name);
    cell(row, '').append(badge(check.valid));
    cell(row, check.reason.split('\n')[0]);
    if (check.valid === 'invalid') {
      const proof = document.createElement('pre');
      proof.textContent = check.reason;
      document.getElementById('proof').append(proof);
    }
  });
  const counts = head(document.getElementById('counts'), ['operation', ...outcomes]);
  data.functions.forEach((name, k) => {
    const row = counts.insertRow();
    cell(row, name);
    outcomes.forEach((_, o) => cell(row, kind.reduce((n, own, i) => n + (own === k && outcome[i] === o ? 1 : 0), 0)));
  });
  const faults = head(document.getElementById('faults'),
    ['from', 'to', 'fault', 'had effect', 'longest time without success', 'recovery after its end']);
  data.faults.forEach(fault => {
    const row = faults.insertRow();
    cell(row, seconds(fault.begin)); cell(row, seconds(fault.end)); cell(row, fault.what);
    cell(row, fault.hadEffect ? 'yes' : 'no'); cell(row, fault.gap + ' ms');
    cell(row, fault.recovery === null ? 'none' : fault.recovery + ' ms');
  });
  const quantiles = head(
    document.getElementById('quantiles'), ['operation', '50 %', '95 %', '99 %', '99.9 %', 'longest']);
  data.functions.forEach((name, k) => {
    const took = [];
    kind.forEach((own, i) => { if (own === k && outcome[i] === 0) { took.push(end[i] - start[i]); } });
    took.sort((a, b) => a - b);
    if (took.length === 0) { return; }
    const row = quantiles.insertRow();
    cell(row, name);
    [0.5, 0.95, 0.99, 0.999, 1].forEach(q =>
      cell(row, (took[Math.min(took.length - 1, Math.floor(q * took.length))] / 1000).toFixed(1) + ' ms'));
  });
  const keys = document.getElementById('faultKeys');
  nemeses.forEach((name, i) => {
    const box = document.createElement('i');
    box.style.background = faultColors[i % faultColors.length];
    keys.append(box, name);
  });
}

function seconds(micros) { return (micros / 1e6).toFixed(2) + ' s'; }

function surface(id, height) {
  const canvas = document.getElementById(id);
  const ratio = window.devicePixelRatio || 1;
  canvas.style.height = height + 'px';
  const width = canvas.clientWidth;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const pen = canvas.getContext('2d');
  pen.scale(ratio, ratio);
  pen.clearRect(0, 0, width, height);
  pen.font = '11px system-ui, sans-serif';
  return { pen, width, height, left: 62 };
}

function scale(place) {
  const pixels = (place.width - place.left) / (view.to - view.from);
  return micros => place.left + (micros - view.from) * pixels;
}

function bands(place, x, top) {
  data.faults.forEach(fault => {
    place.pen.fillStyle = faultColors[nemeses.indexOf(fault.nemesis) % faultColors.length];
    const from = Math.max(place.left, x(fault.begin));
    const to = x(fault.end);
    if (to > place.left && from < place.width) { place.pen.fillRect(from, top, Math.max(1, to - from), place.height); }
  });
}

function axis(place, x) {
  const span = view.to - view.from;
  const step = [1e3, 5e3, 1e4, 5e4, 1e5, 5e5, 1e6, 2e6, 5e6, 1e7, 3e7, 6e7, 3e8, 6e8].find(s => span / s < 12) ?? 3.6e9;
  place.pen.fillStyle = '#444';
  for (let t = Math.ceil(view.from / step) * step; t <= view.to; t += step) {
    place.pen.fillRect(x(t), place.height - 14, 1, 4);
    place.pen.fillText((t / 1e6).toFixed(step < 1e6 ? 3 : 0) + ' s', x(t) + 3, place.height - 3);
  }
}

const laneHeight = 9;
const nodeHeight = 14;
const nodesTop = 4;

function lanesTop() { return nodesTop + data.nodes.length * nodeHeight + 6; }

function firstAt(list, time) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (end[list[middle]] < time) { low = middle + 1; } else { high = middle; }
  }
  return low;
}

function drawTimeline() {
  const place = surface('timeline', lanesTop() + byLane.length * laneHeight + 18);
  const x = scale(place);
  bands(place, x, 0);
  data.nodes.forEach((node, i) => drawNode(place, x, node, nodesTop + i * nodeHeight));
  byLane.forEach((list, lane) => drawLane(place, x, list, lanesTop() + lane * laneHeight));
  place.pen.clearRect(0, 0, place.left - 1, place.height);
  place.pen.fillStyle = '#444';
  data.nodes.forEach((node, i) => place.pen.fillText('node ' + node.node, 4, nodesTop + i * nodeHeight + 10));
  byLane.forEach((_, lane) => place.pen.fillText('client ' + lane, 4, lanesTop() + lane * laneHeight + 8));
  axis(place, x);
}

function drawNode(place, x, node, top) {
  node.states.forEach((state, i) => {
    const until = i + 1 < node.states.length ? node.states[i + 1].time : total;
    const from = Math.max(place.left, x(state.time));
    const width = x(until) - from;
    if (width <= 0 || from > place.width) { return; }
    place.pen.fillStyle = nodeColors[state.role];
    place.pen.fillRect(from, top, width, nodeHeight - 3);
    if (width > 40 && state.role !== 'down') {
      place.pen.fillStyle = state.role === 'leader' ? '#fff' : '#555';
      place.pen.fillText('term ' + state.term, from + 3, top + 9);
    }
  });
}

function drawLane(place, x, list, top) {
  let last = -1;
  for (let n = firstAt(list, view.from); n < list.length; n++) {
    const i = list[n];
    const from = x(start[i]);
    if (from > place.width) { break; }
    const to = Math.max(from + 1, x(end[i]));
    const isPlain = outcome[i] === 0 && !marked.has(i);
    if (isPlain && to <= last) { continue; }
    place.pen.fillStyle = colors[outcomes[outcome[i]]];
    place.pen.fillRect(from, top, to - from, laneHeight - 2);
    if (marked.has(i)) {
      place.pen.strokeStyle = '#000';
      place.pen.strokeRect(from - 1.5, top - 1.5, to - from + 3, laneHeight + 1);
    }
    last = to;
  }
}

function drawLatency() {
  const place = surface('latency', 220);
  const x = scale(place);
  bands(place, x, 0);
  const floor = Math.log10(100);
  const y = micros => 200 - (Math.log10(Math.max(100, micros)) - floor) * 190 / 5;
  for (let i = 0; i < start.length; i++) {
    const at = x(start[i]);
    if (at < place.left || at > place.width) { continue; }
    place.pen.fillStyle = colors[outcomes[outcome[i]]];
    place.pen.fillRect(at, y(end[i] - start[i]), 2, 2);
  }
  place.pen.fillStyle = '#444';
  ['0.1 ms', '1 ms', '10 ms', '100 ms', '1 s', '10 s'].forEach(
    (label, i) => place.pen.fillText(label, 4, 204 - i * 38));
  axis(place, x);
}

function drawRate() {
  const place = surface('rate', 160);
  const x = scale(place);
  bands(place, x, 0);
  const slots = 240;
  const width = (view.to - view.from) / slots;
  const counts = outcomes.map(() => new Float64Array(slots));
  for (let i = 0; i < start.length; i++) {
    const slot = Math.floor((end[i] - view.from) / width);
    if (slot >= 0 && slot < slots) { counts[outcome[i]][slot] += 1e6 / width; }
  }
  const most = Math.max(1, ...counts.map(c => c.reduce((a, b) => Math.max(a, b), 0)));
  counts.forEach((own, o) => {
    place.pen.strokeStyle = colors[outcomes[o]];
    place.pen.beginPath();
    own.forEach((rate, slot) => place.pen.lineTo(x(view.from + (slot + 0.5) * width), 140 - rate / most * 130));
    place.pen.stroke();
  });
  place.pen.fillStyle = '#444';
  place.pen.fillText(most.toFixed(0) + ' /s', 4, 14);
  place.pen.fillText('0', 4, 142);
  axis(place, x);
}

let isDrawn = false;
function draw() {
  if (isDrawn) { return; }
  isDrawn = true;
  requestAnimationFrame(() => { isDrawn = false; drawTimeline(); drawLatency(); drawRate(); });
}

function look(from, to) {
  const span = Math.min(total, Math.max(1000, to - from));
  const begin = Math.min(Math.max(0, from), total - span);
  view = { from: begin, to: begin + span };
  draw();
}

function timeAt(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return view.from + (event.clientX - box.left - 62) / (box.width - 62) * (view.to - view.from);
}

function handle(canvas) {
  canvas.addEventListener('wheel', event => {
    event.preventDefault();
    const at = timeAt(canvas, event);
    const by = event.deltaY > 0 ? 1.25 : 0.8;
    look(at - (at - view.from) * by, at + (view.to - at) * by);
  }, { passive: false });
  let held = null;
  canvas.addEventListener('mousedown', event => { held = { x: event.clientX, from: view.from, to: view.to }; });
  window.addEventListener('mouseup', () => { held = null; });
  window.addEventListener('mousemove', event => {
    if (held) {
      const by = (held.x - event.clientX) / (canvas.clientWidth - 62) * (held.to - held.from);
      look(held.from + by, held.to + by);
    }
  });
}

function tip(event) {
  const canvas = document.getElementById('timeline');
  const box = document.getElementById('tip');
  const at = timeAt(canvas, event);
  const y = event.clientY - canvas.getBoundingClientRect().top;
  const lane = Math.floor((y - lanesTop()) / laneHeight);
  const list = byLane[lane];
  const lines = data.faults.filter(f => f.begin <= at && at <= f.end).map(f => f.what);
  if (y > 0 && list) {
    const i = list[firstAt(list, at)];
    if (i !== undefined && start[i] <= at) {
      lines.unshift(text[i], seconds(start[i]) + ', took ' + ((end[i] - start[i]) / 1000).toFixed(1) + ' ms');
    }
  }
  box.style.display = lines.length > 0 ? 'block' : 'none';
  box.style.left = Math.min(event.clientX + 14, window.innerWidth - 560) + 'px';
  box.style.top = event.clientY + 14 + 'px';
  box.textContent = lines.join('\n');
}

tables();
['timeline', 'latency', 'rate'].forEach(id => handle(document.getElementById(id)));
document.getElementById('timeline').addEventListener('mousemove', tip);
document.getElementById('timeline').addEventListener(
  'mouseleave', () => { document.getElementById('tip').style.display = 'none'; });
document.getElementById('all').addEventListener('click', () => look(0, total));
const failing = document.getElementById('window');
failing.hidden = data.marked.length === 0;
failing.addEventListener('click', () => {
  const from = Math.min(...data.marked.map(i => start[i]));
  const to = Math.max(...data.marked.map(i => end[i]));
  const edge = Math.max(2000, (to - from) * 0.1);
  look(from - edge, to + edge);
});
window.addEventListener('resize', draw);
draw();
