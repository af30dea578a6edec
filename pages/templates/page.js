/* The language switch, and pictures drawn from the tables beneath them. Without this script the page reads as well. */
(function () {
  "use strict";
  var root = document.documentElement;
  var COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#8c564b", "#000000"];
  var PAPER = { width: 690, height: 200 };  // of a picture on A4, in CSS pixels
  var charts = [];

  function words(cell) {
    var language = root.dataset.language === "zh" ? "zh-CN" : "en";
    var part = cell.querySelector('[lang="' + language + '"]');
    return (part || cell).textContent.trim();
  }

  function number(cell) {
    return cell.dataset.value === "" ? null : Number(cell.dataset.value);
  }

  function column(table, name) {
    var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
    return heads.findIndex(function (head) { return head.dataset.column === name; });
  }

  function unique(items) {
    return items.filter(function (item, at) { return items.indexOf(item) === at; });
  }

  function lines(chart, table) {
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    var x = column(table, chart.dataset.x), part = chart.dataset.series && column(table, chart.dataset.series);
    var names = chart.dataset.y.split(" "), places = unique(rows.map(function (row) { return words(row.cells[x]); }));
    var parts = part === undefined ? [null] : unique(rows.map(function (row) { return words(row.cells[part]); }));
    var series = [];
    parts.forEach(function (of) {
      names.forEach(function (name) {
        var y = column(table, name);
        var data = places.map(function () { return null; });
        rows.forEach(function (row) {
          if (of === null || words(row.cells[part]) === of) { data[places.indexOf(words(row.cells[x]))] = number(row.cells[y]); }
        });
        series.push({ name: of === null ? words(table.tHead.rows[0].cells[y]) : of, type: chart.dataset.kind, data: data,
          connectNulls: false, symbolSize: 7, barMaxWidth: 26 });
      });
    });
    return { places: places, series: series };
  }

  function options(chart) {
    var told = lines(chart, document.getElementById(chart.dataset.table));
    var many = told.series.length > 1;
    var axis = { type: "value", name: "" };
    if (chart.dataset.least) { axis.min = Number(chart.dataset.least); }
    if (chart.dataset.most) { axis.max = Number(chart.dataset.most); }
    if (chart.dataset.most === "1.0" || chart.dataset.most === "1") {
      axis.axisLabel = { formatter: function (value) { return Math.round(value * 100) + "%"; } };
    }
    return { animation: false, color: COLOURS, aria: { enabled: true, label: { description: chart.dataset.title }, decal: { show: chart.dataset.kind === "bar" && many } },
      tooltip: { trigger: "axis" }, legend: { show: true, top: 0, left: "center", width: Math.max(chart.clientWidth - 60, 240), itemGap: 12, type: "plain" },
      grid: { left: 48, right: 24, top: many && told.series.length > 5 ? 56 : 36, bottom: 28 },
      xAxis: { type: "category", data: told.places }, yAxis: axis, series: told.series };
  }

  function draw() {
    charts.forEach(function (chart) { chart.dispose(); });
    charts = [];
    if (!window.echarts) { return; }
    Array.prototype.forEach.call(document.querySelectorAll(".chart"), function (place) {
      var printed = window.matchMedia("print").matches;
      var chart = window.echarts.init(place, null, { renderer: "svg", locale: root.dataset.language === "zh" ? "ZH" : "EN", width: printed ? PAPER.width : undefined, height: printed ? PAPER.height : undefined });
      chart.setOption(options(place));
      charts.push(chart);
    });
  }

  function speak(language) {
    root.dataset.language = language;
    root.lang = language === "zh" ? "zh-CN" : "en";
    Array.prototype.forEach.call(document.querySelectorAll("nav button"), function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.to === language));
    });
    draw();
  }

  Array.prototype.forEach.call(document.querySelectorAll("nav button"), function (button) {
    button.addEventListener("click", function () { speak(button.dataset.to); });
  });
  window.addEventListener("resize", draw);
  window.matchMedia("print").addEventListener("change", draw);
  speak(root.dataset.language);
})();
