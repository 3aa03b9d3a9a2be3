// What is seen on the page, once its scripts are done. Runs in a world of its own: the page's scripts cannot change what
// these words mean. A function of DATA, which is a selector.
(DATA) => {
  const body = document.body;
  const text = body ? body.innerText || "" : "";
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
  const canvases = [...document.querySelectorAll("canvas")].slice(0, 20).filter(shown);
  const plots = [...document.querySelectorAll(".js-plotly-plot")].slice(0, 20).filter(shown);
  const traces = plots.filter((plot) => plot.querySelector(".trace, .slice, .points path, canvas, .choroplethlayer path"));
  const charts = canvases.filter(painted).length + traces.length;
  return {
    title: document.title.slice(0, 400),
    text: text.slice(0, 2000),
    characters: text.trim().length,
    data: document.querySelectorAll(DATA).length + 4 * charts,
    draws: canvases.length + plots.length > 0,
    links: [...document.links].slice(0, 100).map((link) => String(link.href).slice(0, 500)),
  };
}
