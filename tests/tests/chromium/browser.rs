//! A headless Chromium, driven by `chromedriver` (<https://www.w3.org/TR/webdriver2/>).

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper fails the test"
)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use census_tests::http::{Request, send};
use census_tests::process::Process;
use census_tests::programs::installed;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A browser with one window, which is closed when this is dropped.
pub(crate) struct Browser {
    /// The address of the session.
    session: String,
    _driver: Process,
    _profile: TempDir,
}

/// The size of the window's content.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Screen {
    Desktop,
    Phone,
}

/// The browser's own services ask servers elsewhere for updates.
const FLAGS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1280,900",
];

/// Functions for scripts: the colors of texts, and how well they can be read (WCAG 2.2, "contrast ratio").
const FUNCTIONS: &str = r"
const color = text => text.match(/[\d.]+/g).map(Number);
const luminance = ([red, green, blue]) => {
  const part = it => (it /= 255) <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4;
  return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
};
const ground = element => {
  for (; element; element = element.parentElement) {
    const own = color(getComputedStyle(element).backgroundColor);
    if (own.length < 4 || own[3] > 0) return own;
  }
  return [255, 255, 255];
};
const texts = () => [...document.body.querySelectorAll('*')].filter(element =>
  [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()) && element.getClientRects().length > 0
).map(element => {
  const style = getComputedStyle(element);
  const drawn = element instanceof SVGElement ? style.fill : style.color;
  const [low, high] = [luminance(color(drawn)), luminance(ground(element))].sort((a, b) => a - b);
  return { text: element.textContent, ratio: (high + 0.05) / (low + 0.05) };
});
";

impl Browser {
    pub(crate) fn start() -> Self {
        let mut driver = Process::start(Command::new(installed("chromedriver")).arg("--port=0"));
        let port: u16 = driver.wait_for("port", |line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        let profile = tempfile::tempdir().expect("a directory");
        let mut flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        let sessions = format!("http://127.0.0.1:{port}/session");
        let capabilities = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "binary": installed("chromium"), "args": flags },
        } } });
        let session = call("POST", &sessions, &capabilities);
        let id = session["sessionId"].as_str().expect("a session");
        Self {
            session: format!("{sessions}/{id}"),
            _driver: driver,
            _profile: profile,
        }
    }

    fn post(&self, command: &str, body: &Value) -> Value {
        call("POST", &format!("{}/{command}", self.session), body)
    }

    /// A command of Chromium's own protocol.
    fn command(&self, name: &str, parameters: &Value) -> Value {
        self.post(
            "goog/cdp/execute",
            &json!({ "cmd": name, "params": parameters }),
        )
    }

    /// Loads a page, and waits until it is there.
    pub(crate) fn open(&self, url: &str) {
        self.post("url", &json!({ "url": url }));
    }

    pub(crate) fn title(&self) -> String {
        let title = call("GET", &format!("{}/title", self.session), &Value::Null);
        title.as_str().expect("a title").to_owned()
    }

    /// What a script returns, which has [`FUNCTIONS`].
    pub(crate) fn run(&self, script: &str) -> Value {
        self.post(
            "execute/sync",
            &json!({ "script": format!("{FUNCTIONS}{script}"), "args": [] }),
        )
    }

    /// The messages of the console since the last call: errors, and violations of the policy.
    pub(crate) fn log(&self) -> Vec<String> {
        let entries = self.post("se/log", &json!({ "type": "browser" }));
        let entries = entries.as_array().expect("a list").iter();
        let messages =
            entries.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned());
        // A page that is not found is one.
        messages
            .filter(|message| !message.contains("status of 404"))
            .collect()
    }

    fn element(&self, selector: &str) -> String {
        let element = self.post(
            "element",
            &json!({ "using": "css selector", "value": selector }),
        );
        let id = element
            .as_object()
            .and_then(|element| element.values().next())
            .and_then(Value::as_str);
        format!("element/{}", id.expect("an element"))
    }

    pub(crate) fn click(&self, selector: &str) {
        self.post(&format!("{}/click", self.element(selector)), &json!({}));
    }

    pub(crate) fn write(&self, selector: &str, text: &str) {
        self.post(
            &format!("{}/value", self.element(selector)),
            &json!({ "text": text }),
        );
    }

    /// The system's setting: `light` or `dark`.
    pub(crate) fn prefer(&self, scheme: &str) {
        let feature = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.command(
            "Emulation.setEmulatedMedia",
            &json!({ "features": feature }),
        );
    }

    pub(crate) fn screen(&self, screen: Screen) {
        let (width, height, scale, mobile) = match screen {
            Screen::Desktop => (1280, 900, 1, false),
            Screen::Phone => (360, 740, 2, true),
        };
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": mobile });
        self.command("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// Draws the page into a file, as far as it fits on two screens.
    pub(crate) fn screenshot(&self, name: &str) {
        use base64::Engine as _;
        let size = "return { width: innerWidth, height: Math.min(2 * innerHeight, document.documentElement.scrollHeight) }";
        let mut clip = self.run(size);
        for (field, number) in [("x", 0), ("y", 0), ("scale", 1)] {
            clip[field] = number.into();
        }
        let parameters = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let drawn = self.command("Page.captureScreenshot", &parameters);
        let data = drawn["data"].as_str().expect("a picture");
        let data = base64::engine::general_purpose::STANDARD
            .decode(data)
            .expect("base64");
        let folder = screenshots();
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(name).with_extension("png"), data).expect("a file");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ends Chromium, which would outlive its driver.
        let request = Request::delete(&self.session).body(());
        let _ = request.map(send);
    }
}

/// Beside the programs of this profile.
fn screenshots() -> PathBuf {
    let test = std::env::current_exe().expect("the path of the running program");
    let target = test
        .ancestors()
        .nth(3)
        .expect("a test is in target/PROFILE/deps");
    target.join("chromium-screenshots")
}

/// The value of a response, which must be no error.
fn call(method: &str, url: &str, body: &Value) -> Value {
    let request = Request::builder().method(method).uri(url);
    let response = if body.is_null() {
        send(request.body(()).expect("a request"))
    } else {
        send(
            request
                .header("Content-Type", "application/json")
                .body(body.to_string())
                .expect("a request"),
        )
    };
    let response = response.unwrap_or_else(|error| panic!("{url}: {error}"));
    assert_eq!(response.status, 200, "{url}: {}", response.body);
    let mut response: Value = serde_json::from_str(&response.body).expect("JSON");
    response["value"].take()
}
