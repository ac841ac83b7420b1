// An editor's side of its API, just real enough for a language client to start: what is not spelled here takes
// every call and gives the like back. Records the commands that an extension registers.
class Disposable {
  constructor(dispose = () => {}) {
    this.dispose = dispose;
  }
}
class EventEmitter {
  event = () => new Disposable();
  fire() {}
  dispose() {}
}
class Uri {
  constructor(text) {
    this.text = text;
  }
  static parse = (text) => new Uri(text);
  static file = (path) => new Uri(`file://${path}`);
  toString() {
    return this.text;
  }
}

/** Can be called, built, extended and read, whatever it stands for. */
const anything = () =>
  new Proxy(class {}, {
    get: (target, key) => {
      if (key === "then") return undefined;
      if (key === "prototype" || typeof key === "symbol") return Reflect.get(target, key);
      if (!Reflect.has(target, key)) Reflect.set(target, key, anything());
      return Reflect.get(target, key);
    },
    apply: () => anything(),
  });
const event = () => new Disposable();
const withEvents = (own) =>
  new Proxy(own, {
    get: (target, key) => (key in target ? target[key] : /^on[A-Z]/.test(String(key)) ? event : anything()),
  });

const settings = JSON.parse(process.env.EYRIE_TEST_SETTINGS ?? "{}");
const registered = [];
const channel = {
  append() {}, appendLine() {}, clear() {}, dispose() {}, hide() {}, replace() {}, show() {},
  trace() {}, debug() {}, info() {}, warn() {}, error: (text) => console.error(String(text)),
  logLevel: 3, onDidChangeLogLevel: event,
};

module.exports = new Proxy(
  {
    Disposable,
    EventEmitter,
    Uri,
    registered,
    version: "1.96.0",
    env: withEvents({ language: "en", appName: "test", isTelemetryEnabled: false, logLevel: 3 }),
    commands: withEvents({
      registerCommand: (name) => {
        registered.push(name);
        return new Disposable();
      },
    }),
    window: withEvents({
      createOutputChannel: () => channel,
      visibleTextEditors: [],
      activeTextEditor: undefined,
      tabGroups: withEvents({ all: [] }),
    }),
    workspace: withEvents({
      textDocuments: [],
      notebookDocuments: [],
      workspaceFolders: undefined,
      getConfiguration: (section) => ({
        get: (key, fallback) => settings[`${section}.${key}`] ?? fallback,
      }),
    }),
    languages: withEvents({
      match: () => 0,
      createDiagnosticCollection: () => ({ set() {}, delete() {}, clear() {}, dispose() {} }),
    }),
  },
  { get: (target, key) => (key in target ? target[key] : (target[key] = anything())) },
);
