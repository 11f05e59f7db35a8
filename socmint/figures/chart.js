/*
 * The link chart that JupyterLab shows. Python works out what there is (chart_data.py) and sends it
 * once, as `data`; this file draws it and tells Python what is selected, and who was looked at.
 *
 *   Net      which nodes and ties are there now: expanded, folded, within the time
 *   Picture  two canvases: marks and lines below; what moves with the pointer above
 *   Table    the same nodes as rows, for readers who do not see the picture
 *   Chart    buttons, pointer, keys and words around them
 *
 * A "mark" is what is drawn: a node, or a folded group. Positions run from -1 to 1, y downwards.
 */

const WIDER = 1.4; // a page is wider than high
const NAMES = 40; // up to so many marks all have their name
const SLOW = 30; // milliseconds: a picture that takes longer is moved as it is, and drawn at rest
const CROWD = 600; // more lines than this are one dot thin: many times faster than any wider line

/* Outlines of radius 1, for the canvas and for the legend. The names are matplotlib's. */
const SHAPES = {
  o: "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z",
  s: "M-.88-.88H.88V.88H-.88Z",
  "^": "M0-1.1L1.05.8H-1.05Z",
  D: "M0-1.25L1.05 0L0 1.25L-1.05 0Z",
  v: "M0 1.1L1.05-.8H-1.05Z",
  P: "M-.4-1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1V-.4H-.4Z",
  X: "M-.55-1.1L0-.55L.55-1.1L1.1-.55L.55 0L1.1.55L.55 1.1L0 .55L-.55 1.1L-1.1.55L-.55 0L-1.1-.55Z",
  group: "M-.5-.87H.5L1 0L.5.87H-.5L-1 0Z",
};

/* ---------- small helpers ---------- */

/** Make an element: make("button", { onclick }, "Fit"). Unknown names become attributes. */
function make(tag, settings = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(settings)) {
    if (name in element && !name.startsWith("aria")) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** A drawing for the legend: one path in a small frame. Hidden from readers: the name says it. */
function symbol(path, look) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", look.frame);
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  line.setAttribute("fill", look.fill);
  line.setAttribute("stroke", "currentColor");
  line.setAttribute("stroke-width", look.width);
  if (look.dash) line.setAttribute("stroke-dasharray", look.dash.join(" "));
  svg.append(line);
  return svg;
}

const counted = (number, word) =>
  `${number.toLocaleString("en-GB")} ${word}${number === 1 ? "" : word === "person" ? "" : "s"}`;
const people = (number) => `${number.toLocaleString("en-GB")} ${number === 1 ? "person" : "people"}`;
const brief = (number) =>
  number === null ? "not known" : Number(number.toPrecision(3)).toLocaleString("en-GB");

/* ---------- what is there ---------- */

class Net {
  constructor(data) {
    this.data = data;
    this.lookedAt = new Set(data.start);
    this.folded = new Set();
    this.pinned = new Set();
    this.home = data.place.map(([x, y]) => ({ x: x * WIDER, y }));
    this.place = this.home.map((point) => ({ ...point }));
    this.neighbours = data.ids.map(() => new Set());
    this.ties = data.ids.map(() => 0);
    for (const [a, b] of data.ends) {
      this.neighbours[a].add(b);
      this.neighbours[b].add(a);
      this.ties[a] += 1;
      this.ties[b] += 1;
    }
    const times = [...data.nodeTime, ...data.tieTime].filter((time) => time !== null);
    this.first = times.reduce((low, time) => Math.min(low, time), Infinity);
    this.last = times.reduce((high, time) => Math.max(high, time), -Infinity);
    this.from = this.first;
    this.to = this.last;
    this.arrange();
  }

  isThere(node) {
    const time = this.data.nodeTime[node];
    return this.lookedAt.has(node) && (time === null || time <= this.to);
  }

  isNow(tie) {
    const time = this.data.tieTime[tie];
    return time === null || (time >= this.from && time <= this.to);
  }

  /** Work out marks and lines anew: after a fold, an expansion, another time. */
  arrange() {
    const { data } = this;
    const groups = new Map();
    this.marks = [];
    this.markOf = data.ids.map(() => null);
    data.ids.forEach((_, node) => {
      if (!this.isThere(node)) return;
      const group = data.group[node];
      if (!this.folded.has(group)) {
        this.markOf[node] = {
          nodes: [node], group: null, radius: data.radius[node],
          level: data.level[node], name: data.names[node], ...this.place[node],
        };
        this.marks.push(this.markOf[node]);
        return;
      }
      if (!groups.has(group)) {
        groups.set(group, { nodes: [], group, name: data.groups[group], x: 0, y: 0 });
        this.marks.push(groups.get(group));
      }
      groups.get(group).nodes.push(node);
      this.markOf[node] = groups.get(group);
    });
    for (const mark of groups.values()) {
      for (const node of mark.nodes) {
        mark.x += this.place[node].x / mark.nodes.length;
        mark.y += this.place[node].y / mark.nodes.length;
      }
      mark.radius = 10 + 2 * Math.sqrt(mark.nodes.length);
      mark.name += ` (${mark.nodes.length})`;
    }
    this.marks.forEach((mark, number) => (mark.number = number));
    this.lines = this.joined();
  }

  /** The ties between marks; those of a folded group become one line for each kind. */
  joined() {
    const { data } = this;
    const lines = [];
    const known = new Map();
    data.ends.forEach(([a, b], tie) => {
      const from = this.markOf[a];
      const to = this.markOf[b];
      if (!from || !to || from === to || !this.isNow(tie)) return;
      const line = { from, to, kind: data.kind[tie], bend: data.bend[tie], ties: 1 };
      if (from.group !== null || to.group !== null) {
        const key = `${Math.min(from.number, to.number)} ${Math.max(from.number, to.number)} ${line.kind}`;
        if (known.has(key)) return void (known.get(key).ties += 1);
        known.set(key, line);
      }
      lines.push(line);
    });
    return lines;
  }

  /** The neighbours of some nodes that are not among them. */
  beyond(nodes) {
    const inside = new Set(nodes);
    const found = new Set();
    for (const node of inside) {
      for (const next of this.neighbours[node]) if (!inside.has(next)) found.add(next);
    }
    return found;
  }
}

/* ---------- the picture ---------- */

class Picture {
  constructor(net) {
    this.net = net;
    this.view = { scale: 200, x: 0, y: 0 };
    this.size = { width: 0, height: 0 };
    this.below = make("canvas", { "aria-hidden": "true" });
    this.above = make("canvas", { "aria-hidden": "true" });
    this.sprites = new Map();
    this.cost = 0;
    this.over = { at: null, selected: new Set(), found: null, outline: null };
  }

  resize(width, height) {
    this.size = { width, height };
    this.dots = Math.min(window.devicePixelRatio || 1, 2);
    for (const canvas of [this.below, this.above]) {
      canvas.width = Math.round(width * this.dots);
      canvas.height = Math.round(height * this.dots);
    }
    this.sprites.clear();
  }

  /** Take ink and paper from the page, so that the chart follows its light or dark theme. */
  takeColours(element) {
    const style = getComputedStyle(element);
    this.ink = style.color;
    this.paper = style.backgroundColor;
    this.sprites.clear();
  }

  /** Choose the view that shows all marks. */
  fit() {
    const { marks } = this.net;
    const { width, height } = this.size;
    if (!marks.length || !width) return;
    const side = (axis) => {
      const all = marks.map((mark) => mark[axis]);
      const low = all.reduce((a, b) => Math.min(a, b));
      const high = all.reduce((a, b) => Math.max(a, b));
      return { middle: (low + high) / 2, length: Math.max(high - low, 0.1) };
    };
    const [x, y] = [side("x"), side("y")];
    const scale = Math.min((width - 60) / x.length, (height - 60) / y.length);
    this.fitted = scale;
    this.view = { scale, x: width / 2 - x.middle * scale, y: height / 2 - y.middle * scale };
    this.draw();
  }

  at(mark) {
    const { scale, x, y } = this.view;
    return { x: mark.x * scale + x, y: mark.y * scale + y };
  }

  toChart({ x, y }) {
    return { x: (x - this.view.x) / this.view.scale, y: (y - this.view.y) / this.view.scale };
  }

  radius(mark) {
    const zoom = Math.max(0.6, Math.min(this.view.scale / (this.fitted || 1), 6));
    return mark.group === null ? mark.radius * Math.sqrt(zoom) : mark.radius;
  }

  /** The mark under a point, or the nearest one within the reach of a finger. */
  under(point) {
    let best = null;
    let least = Infinity;
    for (const mark of this.net.marks) {
      const at = this.at(mark);
      const far = Math.hypot(at.x - point.x, at.y - point.y) - this.radius(mark);
      if (far < least && far < 5) [best, least] = [mark, far];
    }
    return best;
  }

  pan(x, y) {
    this.view.x += x;
    this.view.y += y;
    this.moved();
  }

  zoom(factor, centre = { x: this.size.width / 2, y: this.size.height / 2 }) {
    const low = (this.fitted || 1) / 4;
    const scale = Math.max(low, Math.min(this.view.scale * factor, low * 200));
    const real = scale / this.view.scale;
    this.view.scale = scale;
    this.view.x = centre.x + (this.view.x - centre.x) * real;
    this.view.y = centre.y + (this.view.y - centre.y) * real;
    this.moved();
  }

  /** Show a changed view: at once, or, where drawing is slow, as a moved copy until it rests. */
  moved() {
    clearTimeout(this.rest);
    if (this.cost < SLOW) return this.draw();
    const { view, drawn } = this;
    const factor = view.scale / drawn.scale;
    const shift = `${view.x - drawn.x * factor}px, ${view.y - drawn.y * factor}px`;
    this.below.style.transform = this.above.style.transform = `translate(${shift}) scale(${factor})`;
    this.rest = setTimeout(() => this.draw(), 120);
  }

  /** Draw everything with the next frame. */
  draw() {
    this.stale = true;
    this.drawOver();
  }

  /** Draw the upper canvas with the next frame. */
  drawOver() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (!this.size.width || !this.ink) return;
      if (this.stale) this.drawBelow();
      this.drawAbove();
    });
  }

  cleared(canvas) {
    const pen = canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.setTransform(this.dots, 0, 0, this.dots, 0, 0);
    pen.font = "12px sans-serif";
    pen.textAlign = "center";
    return pen;
  }

  drawBelow() {
    const begun = performance.now();
    const pen = this.cleared(this.below);
    const { marks, lines } = this.net;
    pen.strokeStyle = pen.fillStyle = this.ink;
    pen.globalAlpha = Math.max(0.16, Math.min(14 / Math.sqrt(lines.length + 1), 0.7));
    this.trace(pen, lines, lines.length <= 300);
    pen.globalAlpha = 1;
    for (const mark of marks) this.stamp(pen, mark);
    const all = marks.length <= NAMES || this.view.scale > 2.5 * this.fitted;
    this.name(pen, marks.filter((mark) => (all || mark.group !== null) && this.isSeen(mark)));
    requestAnimationFrame(() => (this.cost = performance.now() - begun)); // painting included
    this.drawn = { ...this.view };
    this.below.style.transform = this.above.style.transform = "";
    this.stale = false;
  }

  drawAbove() {
    const pen = this.cleared(this.above);
    const { at, selected, found, outline } = this.over;
    pen.strokeStyle = pen.fillStyle = this.ink;
    if (at || found) {
      // Veil the rest, then draw on top what the reader asks for.
      pen.globalAlpha = 0.75;
      pen.fillStyle = this.paper;
      pen.fillRect(0, 0, this.size.width, this.size.height);
      pen.globalAlpha = 1;
      pen.fillStyle = this.ink;
      const lines = at ? this.net.lines.filter(({ from, to }) => from === at || to === at) : [];
      const near = new Set(lines.flatMap(({ from, to }) => [from, to]));
      for (const mark of found ?? []) near.add(mark);
      if (at) near.add(at);
      for (const mark of selected) near.add(mark);
      this.trace(pen, lines, true);
      for (const mark of near) this.stamp(pen, mark);
      if (at) this.ring(pen, at, 7, [3, 3]);
      this.name(pen, near, at);
    } else this.name(pen, selected);
    for (const mark of selected) this.ring(pen, mark, 4, []);
    if (outline) {
      pen.beginPath();
      outline.forEach(({ x, y }) => pen.lineTo(x, y));
      pen.closePath();
      pen.setLineDash([4, 4]);
      pen.stroke();
      pen.setLineDash([]);
    }
  }

  /** Draw lines, each kind in its style; arrows say which way a tie goes. */
  trace(pen, lines, arrows) {
    this.net.data.kinds.forEach(({ dash }, kind) => {
      for (const many of [false, true]) {
        const these = lines.filter((line) => line.kind === kind && line.ties > 3 === many);
        pen.setLineDash(dash);
        pen.lineWidth = many ? 3 : lines.length > CROWD ? 1 / this.dots : 1.2;
        pen.beginPath();
        these.forEach((line, number) => {
          const [a, b] = [this.at(line.from), this.at(line.to)];
          pen.moveTo(a.x, a.y);
          if (line.bend) pen.quadraticCurveTo(...this.bow(a, b, line.bend), b.x, b.y);
          else pen.lineTo(b.x, b.y);
          if (number % 100 < 99) return;
          pen.stroke(); // a path of thousands of lines takes longer than many short ones
          pen.beginPath();
        });
        pen.stroke();
        pen.setLineDash([]);
        if (arrows && this.net.data.directed) these.forEach((line) => this.arrow(pen, line));
      }
    });
  }

  bow(a, b, bend) {
    return [(a.x + b.x) / 2 - bend * (b.y - a.y), (a.y + b.y) / 2 + bend * (b.x - a.x)];
  }

  arrow(pen, { from, to, bend }) {
    const [a, b] = [this.at(from), this.at(to)];
    const [x, y] = this.bow(a, b, bend);
    const angle = Math.atan2(b.y - y, b.x - x);
    const reach = this.radius(to) + 1;
    pen.save();
    pen.translate(b.x - Math.cos(angle) * reach, b.y - Math.sin(angle) * reach);
    pen.rotate(angle);
    pen.beginPath();
    pen.moveTo(0, 0);
    pen.lineTo(-8, 3);
    pen.lineTo(-8, -3);
    pen.fill();
    pen.restore();
  }

  /** Put a mark on the canvas. Each look is painted once and copied: thousands take milliseconds. */
  stamp(pen, mark) {
    const { x, y } = this.at(mark);
    const radius = this.radius(mark);
    if (!this.isSeen(mark)) return;
    if (mark.group !== null) return this.stampGroup(pen, mark, x, y);
    const size = Math.round(radius * 4) / 4;
    const key = `${mark.level} ${size}`;
    if (!this.sprites.has(key)) this.sprites.set(key, this.sprite(this.net.data.levels[mark.level], size));
    const sprite = this.sprites.get(key);
    const side = sprite.width / this.dots;
    pen.drawImage(sprite, x - side / 2, y - side / 2, side, side);
    if (this.net.pinned.has(mark.nodes[0])) {
      pen.fillRect(x - 0.5, y - radius - 9, 1.5, 9);
      pen.fillRect(x - 2.5, y - radius - 11, 5.5, 5);
    }
  }

  stampGroup(pen, mark, x, y) {
    pen.save();
    pen.translate(x, y);
    pen.scale(mark.radius, mark.radius);
    const outline = new Path2D(SHAPES.group);
    pen.fillStyle = this.paper;
    pen.fill(outline);
    pen.lineWidth = 2 / mark.radius;
    pen.stroke(outline);
    pen.restore();
    pen.fillText(mark.nodes.length, x, y + 4);
  }

  sprite({ colour, shape }, radius) {
    const side = Math.ceil((radius * 1.3 + 2) * 2 * this.dots);
    const canvas = make("canvas", { width: side, height: side });
    const pen = canvas.getContext("2d");
    pen.translate(side / 2, side / 2);
    pen.scale(radius * this.dots, radius * this.dots);
    const outline = new Path2D(SHAPES[shape]);
    pen.fillStyle = colour;
    pen.fill(outline);
    pen.strokeStyle = this.ink;
    pen.lineWidth = Math.min(1, radius / 4) / radius;
    pen.stroke(outline);
    return canvas;
  }

  ring(pen, mark, wider, dash) {
    const { x, y } = this.at(mark);
    pen.setLineDash(dash);
    pen.lineWidth = 2.5;
    pen.beginPath();
    pen.arc(x, y, this.radius(mark) + wider, 0, 2 * Math.PI);
    pen.stroke();
    pen.setLineDash([]);
  }

  /** Write names, the first mark's and those of the largest before others, where there is room. */
  name(pen, marks, first = null) {
    const order = [...marks].sort((a, b) => (b === first) - (a === first) || b.radius - a.radius);
    const taken = [];
    for (const mark of order.slice(0, 4 * NAMES)) {
      const { x, y } = this.at(mark);
      const half = 3.5 * mark.name.length;
      const line = y - this.radius(mark) - 6;
      const meets = (other) => Math.abs(other.x - x) < other.half + half && Math.abs(other.line - line) < 12;
      if (taken.length >= NAMES || taken.some(meets)) continue;
      taken.push({ x, line, half });
      this.write(pen, mark, x, line);
    }
  }

  write(pen, mark, x, line) {
    pen.lineWidth = 3;
    pen.strokeStyle = this.paper;
    pen.strokeText(mark.name, x, line);
    pen.strokeStyle = this.ink;
    pen.fillText(mark.name, x, line);
  }

  isSeen(mark) {
    const { x, y } = this.at(mark);
    return x > -30 && y > -30 && x < this.size.width + 30 && y < this.size.height + 30;
  }
}

/* ---------- the table ---------- */

class Table {
  /** @param chart the chart whose nodes the table shows and selects. */
  constructor(chart) {
    this.chart = chart;
    this.order = { column: 0, down: false };
    const { data } = chart.net;
    const { neighbours, ties } = chart.net;
    this.columns = [
      ["id", (node) => data.ids[node]],
      ...(data.names.some((name, node) => name !== data.ids[node])
        ? [["name", (node) => data.names[node]]] : []),
      ...(data.colourBy ? [[data.colourBy, (node) => data.levels[data.level[node]].name]] : []),
      ...(data.sizeBy ? [[data.sizeBy, (node) => data.sizes[node], brief]] : []),
      ...(data.groupBy && data.groupBy !== data.colourBy
        ? [[data.groupBy, (node) => data.groups[data.group[node]] ?? ""]] : []),
      ["ties", (node) => ties[node]],
      ["tied to", (node) => {
        const seen = [...neighbours[node]].filter((next) => chart.net.isThere(next));
        const words = seen.slice(0, 8).map((next) => data.names[next]).join(", ");
        return words + (seen.length > 8 ? ` and ${seen.length - 8} more` : "");
      }],
    ];
    this.element = make("div", { className: "lc-table", hidden: true });
  }

  /** Write the rows anew: the nodes that are there and fit the search. */
  write() {
    if (this.element.hidden) return;
    const { net, chosen, matches } = this.chart;
    const [, value] = this.columns[this.order.column];
    const rows = net.data.ids.map((_, node) => node)
      .filter((node) => net.isThere(node) && (!matches || matches.has(node)))
      .sort((a, b) => {
        const [one, two] = [value(a), value(b)];
        const less = typeof one === "number" || typeof two === "number"
          ? (one ?? -Infinity) - (two ?? -Infinity) : String(one).localeCompare(String(two));
        return this.order.down ? -less : less;
      });
    const head = make("tr", {}, make("th", { scope: "col" }, "select"),
      ...this.columns.map(([name], column) => this.heading(name, column)));
    const body = make("tbody", {}, ...rows.map((node) => this.row(node, chosen.has(node))));
    const caption = make("caption", {}, `${net.data.title}: ${counted(rows.length, "account")}`);
    this.element.replaceChildren(make("table", {}, caption, make("thead", {}, head), body));
  }

  heading(name, column) {
    const here = column === this.order.column;
    const sort = here ? (this.order.down ? "descending" : "ascending") : "none";
    const onclick = () => {
      this.order = { column, down: here && !this.order.down };
      this.write();
      this.element.querySelectorAll("thead button")[column].focus();
    };
    const arrow = here ? (this.order.down ? " ▾" : " ▴") : "";
    return make("th", { scope: "col", "aria-sort": sort },
      make("button", { type: "button", onclick }, name + arrow));
  }

  row(node, checked) {
    const id = this.chart.net.data.ids[node];
    const box = make("input", { type: "checkbox", checked, "aria-label": `Select ${id}` });
    box.dataset.node = node;
    box.onchange = () => this.chart.select([node], box.checked ? "add" : "remove");
    const cells = this.columns.map(([, value, write = String], column) =>
      make(column ? "td" : "th", column ? {} : { scope: "row" }, write(value(node))));
    return make("tr", {}, make("td", {}, box), ...cells);
  }

  /** Show which rows are selected. */
  tick(chosen) {
    for (const box of this.element.querySelectorAll("input")) {
      box.checked = chosen.has(Number(box.dataset.node));
    }
  }
}

/* ---------- the chart ---------- */

const HELP = [
  ["Mouse", "point at a dot to see its neighbours; click selects; Shift and click adds; drag moves " +
    "the page, or a dot, which stays where you put it; Shift and drag selects a box; double click " +
    "folds a group; Ctrl and the wheel zoom."],
  ["Keys in the chart", "arrows go from dot to dot; Enter selects one; Space adds or removes; Home " +
    "goes to the largest; Shift and arrows move the page; + and − zoom; 0 fits; E expands; G folds; " +
    "P lets a moved dot go back; Escape clears."],
];

class Chart {
  constructor(model, element) {
    this.model = model;
    this.net = new Net(model.get("data"));
    for (const node of model.get("looked_at")) this.net.lookedAt.add(node);
    this.net.arrange();
    this.chosen = new Set(model.get("selected"));
    this.matches = null; // the nodes that fit the search, while there is one
    this.picture = new Picture(this.net);
    this.table = new Table(this);
    this.build(element);
    this.listen();
    this.changed();
    this.say(this.net.data.alt);
  }

  /* -- building -- */

  build(element) {
    const { data } = this.net;
    const button = (text, onclick, more = {}) =>
      make("button", { type: "button", onclick, ...more }, text);
    this.search = make("input", {
      type: "search", placeholder: "Search, then Enter", "aria-label": "Search accounts",
    });
    this.expandButton = button("", () => this.expand());
    this.lassoButton = button("Lasso", () => this.press(this.lassoButton), { "aria-pressed": "false" });
    this.tableButton = button("Table", () => this.turn(), { "aria-pressed": "false" });
    this.foldButton = button("Fold groups", () => this.foldAll(), { "aria-pressed": "false" });
    this.tools = make("div", { className: "lc-tools", role: "group", "aria-label": "Tools" },
      this.search, this.expandButton, this.lassoButton,
      ...(data.groups.length ? [this.foldButton] : []),
      button("Fit", () => this.picture.fit()),
      button("+", () => this.picture.zoom(1.4), { "aria-label": "Zoom in" }),
      button("−", () => this.picture.zoom(1 / 1.4), { "aria-label": "Zoom out" }),
      button("Unpin", () => this.unpin([...this.net.pinned])),
      button("Clear", () => this.clear()),
      this.tableButton);
    this.stage = make("div", {
      className: "lc-stage", tabIndex: 0, role: "application",
      "aria-label": `Link chart: ${data.title}. Arrow keys go from dot to dot. The button Table shows the same as a table.`,
    }, this.picture.below, this.picture.above);
    this.info = make("p", { className: "lc-info", role: "status", "aria-live": "polite" });
    this.touched = make("p", { className: "lc-touched", role: "status", "aria-live": "polite" });
    this.frame = make("div", { className: "lc-frame" }, this.stage, this.table.element, this.legend(),
      make("strong", { className: "lc-synthetic" }, "SYNTHETIC"));
    this.root = make("section", { className: "lc", lang: "en", "aria-label": `Link chart: ${data.title}` },
      make("p", { className: "lc-title" }, data.title),
      this.tools,
      ...(this.net.first < this.net.last ? [this.slider()] : []),
      this.frame, this.info, this.touched,
      make("details", { className: "lc-help" }, make("summary", {}, "Mouse and keys"),
        ...HELP.map(([what, how]) => make("p", {}, make("strong", {}, `${what}: `), how))));
    // JupyterLab's own one-letter commands must not run while somebody works in the chart.
    this.root.setAttribute("data-lm-suppress-shortcuts", "true");
    element.append(this.root);
  }

  legend() {
    const { data } = this.net;
    const list = (name, items) => items.length
      ? [make("p", {}, name), make("ul", {}, ...items.map((parts) => make("li", {}, ...parts)))] : [];
    const levels = data.levels.map(({ name, colour, shape }) =>
      [symbol(SHAPES[shape], { frame: "-1.5 -1.5 3 3", fill: colour, width: 0.15 }), name]);
    const kinds = data.kinds.map(({ name, dash }) =>
      [symbol("M0 5H30", { frame: "0 0 30 10", fill: "none", width: 1.5, dash }), name]);
    const groups = data.groups.map((name, group) => {
      const box = make("input", { type: "checkbox", onchange: () => this.fold(group, box.checked) });
      return [make("label", {}, box, ` ${name}`)];
    });
    this.groupBoxes = groups.map(([label]) => label.firstChild);
    return make("div", { className: "lc-legend" },
      ...(data.colourBy ? list(data.colourBy, levels) : []),
      ...(data.kinds.length > 1 ? list("tie", kinds) : []),
      ...(data.sizeBy ? list("size", [[data.sizeBy]]) : []),
      ...(groups.length ? [make("details", {}, make("summary", {}, `Fold by ${data.groupBy}`),
        make("ul", {}, ...groups.map((parts) => make("li", {}, ...parts))))] : []));
  }

  slider() {
    const { net } = this;
    const written = make("output", {});
    const word = (time) => (net.data.dated
      ? new Date(time * 1000).toISOString().slice(0, 16).replace("T", " ") : brief(time));
    const end = (name, value) => make("input", {
      type: "range", min: net.first, max: net.last, step: (net.last - net.first) / 500, value,
      "aria-label": name,
    });
    const [from, to] = [end("Ties from", net.first), end("Ties until", net.last)];
    const show = () => {
      const ties = net.data.tieTime.filter((_, tie) => net.isNow(tie)).length;
      written.textContent = `${word(net.from)} to ${word(net.to)}${net.data.dated ? " UTC" : ""}: ` +
        `${ties.toLocaleString("en-GB")} of ${counted(net.data.ends.length, "tie")}`;
      from.setAttribute("aria-valuetext", word(net.from));
      to.setAttribute("aria-valuetext", word(net.to));
    };
    const moved = (mover) => {
      if (Number(from.value) > Number(to.value)) (mover === from ? to : from).value = mover.value;
      // The ends of a slider are rounded to its steps; the last tie must still count.
      net.from = Number(from.value) <= net.first ? net.first : Number(from.value);
      net.to = Number(to.value) >= net.last - to.step ? net.last : Number(to.value);
      show();
      this.rearrange();
    };
    from.oninput = () => moved(from);
    to.oninput = () => moved(to);
    show();
    return make("div", { className: "lc-time" }, make("span", {}, "time"), from, to, written);
  }

  /* -- selecting -- */

  /** Select nodes: "only" them, or "add", "remove" or "turn" them. */
  select(nodes, how = "only") {
    if (how === "only") this.chosen.clear();
    const all = nodes.every((node) => this.chosen.has(node));
    const removes = how === "remove" || (how === "turn" && all);
    for (const node of nodes) removes ? this.chosen.delete(node) : this.chosen.add(node);
    this.model.set("selected", [...this.chosen].sort((a, b) => a - b));
    this.model.save_changes();
    this.changed();
    const { names } = this.net.data;
    const first = [...this.chosen].slice(0, 5).map((node) => names[node]).join(", ");
    this.say(this.chosen.size ? `${counted(this.chosen.size, "account")} selected: ${first}` +
      `${this.chosen.size > 5 ? " …" : ""}` : "Nothing is selected.");
  }

  clear() {
    this.search.value = "";
    this.find();
    this.select([]);
  }

  /** Show the nodes whose id, name or category has the words of the search. */
  find() {
    const { data } = this.net;
    const words = this.search.value.trim().toLowerCase();
    const fits = (node) => [data.ids[node], data.names[node], data.levels[data.level[node]].name,
      data.groups[data.group[node]] ?? ""].some((text) => text.toLowerCase().includes(words));
    const there = data.ids.map((_, node) => node).filter((node) => this.net.isThere(node));
    this.matches = words ? new Set(there.filter(fits)) : null;
    this.changed();
    this.table.write();
    if (words) this.say(`${counted(this.matches.size, "account")} found. Enter selects.`);
  }

  /** Bring in the neighbours of the selection, and say whose data that shows. */
  expand() {
    const found = this.net.beyond(this.chosen);
    const before = this.net.lookedAt.size;
    for (const node of found) this.net.lookedAt.add(node);
    const more = this.net.lookedAt.size - before;
    this.model.set("looked_at", [...this.net.lookedAt].sort((a, b) => a - b));
    this.rearrange();
    this.select([...found], "add");
    if (more) this.picture.fit();
    this.say(`One hop further: ${people(more)} more on the chart, ` +
      `${counted(this.chosen.size, "account")} selected.`);
  }

  /* -- groups, pins, table -- */

  fold(group, closed) {
    closed ? this.net.folded.add(group) : this.net.folded.delete(group);
    this.groupBoxes[group].checked = closed;
    this.rearrange();
  }

  foldAll() {
    const closed = this.press(this.foldButton);
    this.net.data.groups.forEach((_, group) => this.fold(group, closed));
  }

  /** Fold or unfold the group of a mark. */
  foldAt(mark) {
    const group = mark.group ?? this.net.data.group[mark.nodes[0]];
    if (group < 0) return;
    this.over(null);
    this.fold(group, !this.net.folded.has(group));
    this.over(this.net.markOf[mark.nodes[0]]);
  }

  unpin(nodes) {
    for (const node of nodes) {
      this.net.pinned.delete(node);
      this.net.place[node] = { ...this.net.home[node] };
    }
    this.rearrange();
  }

  press(button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    return on;
  }

  turn() {
    const table = this.press(this.tableButton);
    this.table.element.hidden = !table;
    this.stage.hidden = table;
    this.table.write();
    if (!table) this.measure();
  }

  /* -- what follows from a change -- */

  rearrange() {
    const at = this.picture.over.at?.nodes[0];
    this.net.arrange();
    this.picture.over.at = at === undefined ? null : this.net.markOf[at];
    this.table.write();
    this.changed();
    this.picture.draw();
  }

  changed() {
    const { net, picture, chosen, matches } = this;
    const marks = (nodes) => new Set([...nodes].map((node) => net.markOf[node]).filter(Boolean));
    picture.over.selected = marks(chosen);
    picture.over.found = matches ? marks(matches) : null;
    picture.drawOver();
    this.table.tick(chosen);
    const more = [...net.beyond(chosen)].filter((node) => !net.lookedAt.has(node)).length;
    this.expandButton.disabled = !chosen.size;
    this.expandButton.textContent = chosen.size
      ? `Expand one hop: +${people(more)}` : "Expand one hop: select first";
    const extra = net.lookedAt.size - net.data.start.length;
    this.touched.textContent = `People touched: ${net.lookedAt.size.toLocaleString("en-GB")}` +
      (extra ? ` (${extra.toLocaleString("en-GB")} by expanding)` : "");
  }

  say(text) {
    this.info.textContent = text;
  }

  /** Make a mark the one that is looked at, or none. */
  over(mark) {
    if (mark === this.picture.over.at) return;
    this.picture.over.at = mark;
    this.picture.drawOver();
    if (mark) this.say(this.describe(mark));
  }

  describe(mark) {
    const { data, neighbours, ties } = this.net;
    if (mark.group !== null) return `Group ${mark.name}, folded. G unfolds it.`;
    const [node] = mark.nodes;
    const facts = [data.names[node]];
    if (data.names[node] !== data.ids[node]) facts.push(data.ids[node]);
    if (data.colourBy) facts.push(`${data.colourBy}: ${data.levels[mark.level].name}`);
    if (data.sizeBy) facts.push(`${data.sizeBy}: ${brief(data.sizes[node])}`);
    facts.push(`${counted(ties[node], "tie")} with ${counted(neighbours[node].size, "account")}`);
    return facts.join(" · ") + (this.chosen.has(node) ? " · selected" : "");
  }

  /* -- listening -- */

  listen() {
    const { search, stage } = this;
    search.oninput = () => this.find();
    search.onkeydown = (event) => {
      if (event.key === "Escape") this.clear();
      if (event.key !== "Enter" || !this.matches?.size) return;
      const found = [...this.matches];
      search.value = "";
      this.find();
      this.select(found);
    };
    stage.onpointerdown = (event) => this.grab(event);
    stage.onpointermove = (event) => {
      if (!this.held) this.over(this.picture.under(this.point(event)));
    };
    stage.onpointerleave = () => this.held || this.over(null);
    stage.ondblclick = (event) => {
      const mark = this.picture.under(this.point(event));
      if (mark) this.foldAt(mark);
    };
    stage.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // the page scrolls past the chart
      event.preventDefault();
      this.picture.zoom(Math.exp(-event.deltaY / 300), this.point(event));
    }, { passive: false });
    stage.onkeydown = (event) => this.key(event);
    this.model.on("change:selected", this.heard = () => {
      this.chosen = new Set(this.model.get("selected"));
      this.changed();
    });
    this.sized = new ResizeObserver(() => this.measure());
    this.sized.observe(stage);
    this.themed = new MutationObserver(() => this.takeColours());
    this.themed.observe(document.body, { attributes: true });
    this.takeColours();
  }

  stop() {
    this.sized.disconnect();
    this.themed.disconnect();
    this.model.off("change:selected", this.heard);
  }

  takeColours() {
    // The page changes its colours a moment after it changes its theme's name.
    clearTimeout(this.soon);
    this.soon = setTimeout(() => {
      this.picture.takeColours(this.root);
      this.picture.draw();
    }, 50);
  }

  measure() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const { size } = this.picture;
    if (!width || (width === size.width && height === size.height)) return;
    this.picture.resize(width, height);
    this.picture.fit();
  }

  point(event) {
    const frame = this.stage.getBoundingClientRect();
    return { x: event.clientX - frame.left, y: event.clientY - frame.top };
  }

  /** Follow the pointer from press to release: a click, a moved dot, a moved page, or an area. */
  grab(event) {
    if (event.button !== 0) return;
    const { picture, stage } = this;
    const begin = this.point(event);
    const mark = picture.under(begin);
    const adds = event.shiftKey || event.ctrlKey || event.metaKey;
    const lasso = this.lassoButton.getAttribute("aria-pressed") === "true";
    const area = !mark && (lasso ? "lasso" : event.shiftKey && "box");
    let last = begin;
    let far = false;
    this.held = true;
    stage.setPointerCapture(event.pointerId);
    stage.onpointermove = (move) => {
      const now = this.point(move);
      far ||= Math.hypot(now.x - begin.x, now.y - begin.y) > 4;
      if (!far) return;
      if (area === "lasso") (picture.over.outline ??= [begin]).push(now);
      else if (area) picture.over.outline = [begin, { x: now.x, y: begin.y }, now, { x: begin.x, y: now.y }];
      if (area) picture.drawOver();
      else if (mark) this.drag(mark, picture.toChart(last), picture.toChart(now));
      else picture.pan(now.x - last.x, now.y - last.y);
      last = now;
    };
    stage.onpointerup = stage.onpointercancel = (up) => {
      const { outline } = picture.over;
      picture.over.outline = null;
      stage.onpointerup = stage.onpointercancel = null;
      this.held = false;
      stage.onpointermove = (move) => {
        if (!this.held) this.over(picture.under(this.point(move)));
      };
      if (far && mark) picture.draw();
      if (up.type === "pointercancel") return picture.drawOver();
      if (outline) this.select(this.within(outline), adds ? "add" : "only");
      else if (!far && mark) this.select(mark.nodes, adds ? "turn" : "only");
      else if (!far) this.select([]);
    };
  }

  /** Move a mark; it stays where it was put. */
  drag(mark, from, to) {
    for (const node of mark.nodes) {
      this.net.place[node].x += to.x - from.x;
      this.net.place[node].y += to.y - from.y;
      this.net.pinned.add(node);
    }
    mark.x += to.x - from.x;
    mark.y += to.y - from.y;
    if (this.picture.cost < SLOW) this.picture.draw();
    else this.picture.drawOver(); // the rest follows when the dot is let go
  }

  /** The nodes inside an outline on the screen (even-odd rule). */
  within(outline) {
    const path = new Path2D();
    outline.forEach(({ x, y }) => path.lineTo(x, y));
    path.closePath();
    const pen = make("canvas").getContext("2d");
    const inside = (mark) => {
      const { x, y } = this.picture.at(mark);
      return pen.isPointInPath(path, x, y, "evenodd");
    };
    return this.net.marks.filter(inside).flatMap((mark) => mark.nodes);
  }

  key(event) {
    const { picture } = this;
    const { at } = picture.over;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const act = {
      Enter: () => at && this.select(at.nodes),
      " ": () => at && this.select(at.nodes, "turn"),
      Home: () => this.step(this.largest()),
      Escape: () => this.clear(),
      e: () => this.chosen.size && this.expand(),
      g: () => at && this.foldAt(at),
      p: () => at && this.unpin(at.nodes),
      0: () => picture.fit(),
      "+": () => picture.zoom(1.4),
      "=": () => picture.zoom(1.4),
      "-": () => picture.zoom(1 / 1.4),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || !(way || act)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!way) act();
    else if (event.shiftKey) picture.pan(-60 * way[0], -60 * way[1]);
    else this.step(at ? this.towards(at, way) : this.largest());
  }

  /** Go to a mark by key, and bring it into view. */
  step(mark) {
    if (!mark) return;
    this.over(mark);
    const { x, y } = this.picture.at(mark);
    const { width, height } = this.picture.size;
    if (x < 20 || y < 20 || x > width - 20 || y > height - 20) {
      this.picture.pan(width / 2 - x, height / 2 - y);
    }
  }

  largest() {
    return this.net.marks.reduce((best, mark) => (!best || mark.radius > best.radius ? mark : best), null);
  }

  /** The nearest mark in a direction; what lies aside counts as further away. */
  towards(at, [x, y]) {
    let best = null;
    let least = Infinity;
    for (const mark of this.net.marks) {
      const ahead = (mark.x - at.x) * x + (mark.y - at.y) * y;
      const aside = Math.abs((mark.x - at.x) * y) + Math.abs((mark.y - at.y) * x);
      if (mark !== at && ahead > 1e-6 && ahead + 2 * aside < least) [best, least] = [mark, ahead + 2 * aside];
    }
    return best;
  }
}

function render({ model, el }) {
  const chart = new Chart(model, el);
  return () => chart.stop();
}

export default { render };
