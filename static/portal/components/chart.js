// A chart: bars or a line, as SVG. The same figures stand in a table beside it; this is the picture of them.

import { html, useEffect, useRef, useState } from "../html.js";
import { language, t } from "../messages.js";

/** The colours and type of the page, as it is drawn now. */
function look(element) {
  const style = getComputedStyle(element);
  const color = (name) => style.getPropertyValue(name).trim();
  return {
    ink: color("--ink"),
    soft: color("--ink-soft"),
    border: color("--border"),
    accent: color("--accent"),
    surface: color("--surface"),
    font: style.fontFamily,
  };
}

/** `kind`: `line` over time, `columns` upwards, or `bars` along the line of reading. `points`: `{name, value, shown}`. */
function option({ kind, points, range }, colors) {
  // Each by its own direction, as in the table: a picture's texts run from left to right otherwise.
  const names = points.map((point) => `\u2068${point.name}\u2069`);
  const text = { color: colors.soft, fontFamily: colors.font, fontSize: 12 };
  const isBars = kind === "bars";
  const ofNames = {
    type: "category",
    data: names,
    axisLabel: { ...text, hideOverlap: true, width: isBars ? 140 : undefined, overflow: isBars ? "truncate" : undefined },
    axisTick: { show: false },
    axisLine: { lineStyle: { color: colors.border } },
    // The first of a list stands on top.
    inverse: isBars || (kind !== "line" && language().dir === "rtl"),
    position: isBars && language().dir === "rtl" ? "right" : undefined,
  };
  const ofValues = {
    type: "value",
    min: range?.[0],
    max: range?.[1],
    axisLabel: text,
    splitLine: { lineStyle: { color: colors.border } },
    inverse: isBars && language().dir === "rtl",
  };
  return {
    animation: false,
    aria: { enabled: false },
    textStyle: { fontFamily: colors.font },
    grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
    tooltip: {
      trigger: "axis",
      backgroundColor: colors.surface,
      borderColor: colors.border,
      textStyle: { color: colors.ink, fontFamily: colors.font },
      formatter: ([entry]) => `${entry.name}: ${points[entry.dataIndex].shown}`,
    },
    xAxis: isBars ? ofValues : ofNames,
    yAxis: isBars ? ofNames : ofValues,
    series: [
      {
        type: kind === "line" ? "line" : "bar",
        data: points.map((point) => point.value),
        color: colors.accent,
        symbolSize: 6,
        connectNulls: false,
        barMaxWidth: 28,
      },
    ],
  };
}

export function Chart({ label, kind, points, range }) {
  const box = useRef(null);
  const [failed, setFailed] = useState(false);
  const drawn = JSON.stringify([kind, points, range, language().tag]);
  useEffect(() => {
    let chart = null;
    let alive = true;
    const draw = () => chart?.setOption(option({ kind, points, range }, look(box.current)), true);
    const sized = new ResizeObserver(() => chart?.resize());
    const themed = matchMedia("(prefers-color-scheme: dark)");
    const changed = new MutationObserver(draw);
    import("../../vendor/echarts/echarts.js").then(
      ({ init }) => {
        if (!alive) return;
        chart = init(box.current, null, { renderer: "svg" });
        draw();
        sized.observe(box.current);
        themed.addEventListener("change", draw);
        changed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
      },
      () => setFailed(true),
    );
    return () => {
      alive = false;
      sized.disconnect();
      changed.disconnect();
      themed.removeEventListener("change", draw);
      chart?.dispose();
    };
  }, [drawn]);
  if (failed) return html`<p class="soft">${t("chart-failed")}</p>`;
  const height = kind === "bars" ? Math.min(28 * points.length + 60, 560) : 240;
  return html`<div class="chart" role="img" aria-label=${label} ref=${box} style=${{ blockSize: `${height}px` }}></div>`;
}
