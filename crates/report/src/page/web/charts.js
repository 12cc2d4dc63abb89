// Reads values off the charts: a cross under the pointer, its place in the units of the axes below.
"use strict";
(() => {
  const short = (value) => {
    const size = Math.abs(value);
    const text = size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
    return text.replace("-", "\u2212");
  };
  const numbers = (text) => text.split(",").map(Number);
  for (const figure of document.querySelectorAll("figure[data-field]")) {
    const drawing = figure.querySelector("svg");
    const readout = figure.querySelector(".readout");
    const [left, top, right, bottom] = numbers(figure.dataset.field);
    const [x, y] = [numbers(figure.dataset.x), numbers(figure.dataset.y)];
    const [logX, logY] = numbers(figure.dataset.log);
    const [unitX, unitY] = figure.dataset.units.split("|");
    const cross = document.createElementNS("http://www.w3.org/2000/svg", "path");
    cross.setAttribute("stroke", "var(--soft)");
    cross.setAttribute("stroke-width", "3");
    cross.setAttribute("fill", "none");
    cross.setAttribute("pointer-events", "none");
    drawing.append(cross);
    const value = (share, [low, high], logarithmic) =>
      logarithmic ? low * (high / low) ** share : low + (high - low) * share;
    drawing.addEventListener("pointermove", (event) => {
      const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
      if (place.x < left || place.x > right || place.y < top || place.y > bottom) {
        cross.removeAttribute("d");
        readout.textContent = "";
        return;
      }
      cross.setAttribute("d", `M${place.x} ${top}V${bottom}M${left} ${place.y}H${right}`);
      const across = short(value((place.x - left) / (right - left), x, logX));
      const up = short(value((bottom - place.y) / (bottom - top), y, logY));
      readout.textContent = `${across} ${unitX}, ${up} ${unitY}`;
    });
    drawing.addEventListener("pointerleave", () => {
      cross.removeAttribute("d");
      readout.textContent = "";
    });
  }
})();
