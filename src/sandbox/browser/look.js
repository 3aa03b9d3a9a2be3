// What is seen on the page, once its scripts are done. Runs in a world of its own: the page's scripts cannot change what
// these words mean. A function of DATA and CONTROLS, which are selectors.
(DATA, CONTROLS) => {
  // Maps and reports are often pages within the page.
  const inner = [...document.querySelectorAll("iframe")].slice(0, 5).map((frame) => {
    try {
      return frame.contentDocument;
    } catch {
      return null;
    }
  });
  const documents = [document, ...inner.filter(Boolean)];
  const all = (selector) => documents.flatMap((one) => [...one.querySelectorAll(selector)]);
  const text = documents.map((one) => (one.body ? one.body.innerText || "" : "")).join("\n");
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    return box.width >= 120 && box.height >= 80;
  };
  const painted = (canvas) => {
    const small = new OffscreenCanvas(24, 16);
    const context = small.getContext("2d");
    try {
      context.drawImage(canvas, 0, 0, 24, 16);
      const pixels = new Uint32Array(context.getImageData(0, 0, 24, 16).data.buffer);
      return pixels.some((pixel) => pixel !== pixels[0]);
    } catch {
      return true;
    }
  };
  const canvases = all("canvas").slice(0, 20).filter(shown);
  const plots = all(".js-plotly-plot").slice(0, 20).filter(shown);
  const traces = plots.filter((plot) => plot.querySelector(".trace, .slice, .points path, canvas, .choroplethlayer path"));
  const charts = canvases.filter(painted).length + traces.length;
  const data = all(DATA).filter((element) => !element.closest(CONTROLS)).length;
  const rows = all("[role=row], .leaflet-interactive").length;
  return {
    title: document.title.slice(0, 400),
    text: text.slice(0, 2000),
    characters: text.trim().length,
    data: Math.min(data + rows + 4 * charts, 1000000),
    draws: canvases.length + plots.length > 0,
    links: [...document.links].slice(0, 100).map((link) => String(link.href).slice(0, 500)),
  };
}
