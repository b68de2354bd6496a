"use strict";
for (const chart of document.querySelectorAll("svg.chart")) {
  const time = chart.querySelector(".time");
  const all = [Number(chart.dataset.start), Number(chart.dataset.end)];
  let shown = all, begun = null;
  const layout = () => time.setAttribute("width", Math.max(10, chart.clientWidth - 52));
  const show = (from, to) => {
    shown = [from, to];
    time.setAttribute("viewBox", `${from} 0 ${to - from} 160`);
    chart.querySelector(".from").textContent = `${from.toFixed(3)} s`;
    const end = chart.querySelector(".to");
    end.textContent = `${to.toFixed(3)} s`;
    end.setAttribute("x", chart.clientWidth - 2);
  };
  const moment = (event) => {
    const box = chart.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left - 48) / (box.width - 52)));
    return shown[0] + share * (shown[1] - shown[0]);
  };
  chart.addEventListener("pointerdown", (event) => { begun = moment(event); });
  chart.addEventListener("pointerup", (event) => {
    const ended = moment(event);
    if (begun !== null && Math.abs(ended - begun) > (shown[1] - shown[0]) / 100) {
      show(Math.min(begun, ended), Math.max(begun, ended));
    }
    begun = null;
  });
  chart.addEventListener("dblclick", () => show(...all));
  const fit = () => { layout(); show(...shown); };
  fit();
  new ResizeObserver(fit).observe(chart);
}
