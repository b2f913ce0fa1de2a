//! A person with a browser.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::json;
use thirtyfour::{
    BrowserLogEntry, ChromiumLikeCapabilities as _, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver,
    WindowHandle,
};

use crate::{Outcome, Proxy, stage};

/// The cameras and microphones that a browser finds.
#[derive(Clone, Debug)]
pub enum Devices {
    /// None at all.
    None,
    /// A camera with a test picture and a microphone that beeps.
    Fake,
    /// The same, but the camera shows this Y4M video, again and again.
    Showing(PathBuf),
}

impl Devices {
    fn arguments(&self) -> Vec<String> {
        const FAKE: &str = "--use-fake-device-for-media-stream";
        match self {
            Self::None => vec![],
            Self::Fake => vec![FAKE.into()],
            Self::Showing(video) => {
                vec![FAKE.into(), format!("--use-file-for-fake-video-capture={}", video.display())]
            }
        }
    }
}

/// How a browser is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Width of the window, in CSS pixels.
    pub width: u32,
    /// Height of the window, in CSS pixels.
    pub height: u32,
    /// Whether the page finds a `SharedWorker`.
    pub shared_worker: bool,
    /// Whether the system asks for dark colours.
    pub dark: bool,
    /// Its cameras and microphones.
    pub devices: Devices,
}

impl Default for Setup {
    fn default() -> Self {
        Self { width: 1280, height: 860, shared_worker: true, dark: false, devices: Devices::None }
    }
}

/// A browser with its own profile, on the page of a [`Stage`](crate::Stage).
pub struct User {
    driver: WebDriver,
    proxy: Proxy,
    address: String,
    setup: Setup,
}

impl User {
    pub(crate) async fn start(driver: &str, address: &str, setup: Setup) -> Outcome<Self> {
        let proxy = Proxy::start().await?;
        let mut capabilities = DesiredCapabilities::chrome();
        for argument in ARGUMENTS {
            capabilities.add_arg(argument)?;
        }
        for argument in setup.devices.arguments() {
            capabilities.add_arg(&argument)?;
        }
        capabilities.add_arg(&format!("--window-size={},{}", setup.width, setup.height))?;
        capabilities.add_arg(&format!("--proxy-server=http://{}", proxy.address()))?;
        // Without this the loopback addresses would bypass the proxy.
        capabilities.add_arg("--proxy-bypass-list=<-loopback>")?;
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        let driver = WebDriver::new(driver, capabilities).await?;
        driver.set_script_timeout(Duration::from_secs(60)).await?;
        let user = Self { driver, proxy, address: address.into(), setup };
        user.prepare_tab().await?;
        Ok(user)
    }

    /// The browser itself.
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// What this browser's traffic goes through.
    pub fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    /// Loads the page anew at a place such as `/settings/profile`.
    pub async fn visit(&self, place: &str) -> Outcome {
        // The same address with another fragment would not load anything.
        self.driver.goto("about:blank").await?;
        self.driver.goto(format!("{}/#{place}", self.address)).await?;
        Ok(())
    }

    /// Goes to a place within the loaded page.
    pub async fn go(&self, place: &str) -> Outcome {
        self.driver.execute("location.hash = arguments[0];", vec![json!(format!("#{place}"))]).await?;
        Ok(())
    }

    /// Loads the page anew where it is.
    pub async fn reload(&self) -> Outcome {
        Ok(self.driver.refresh().await?)
    }

    /// Another tab of the same browser, in front, still empty.
    pub async fn open_tab(&self) -> Outcome<WindowHandle> {
        let tab = self.driver.new_tab().await?;
        self.switch_to(&tab).await?;
        self.prepare_tab().await?;
        Ok(tab)
    }

    /// The tab in front.
    pub async fn tab(&self) -> Outcome<WindowHandle> {
        Ok(self.driver.window().await?)
    }

    /// Brings a tab to the front.
    pub async fn switch_to(&self, tab: &WindowHandle) -> Outcome {
        self.driver.switch_to_window(tab.clone()).await?;
        Ok(())
    }

    /// Closes the tab in front without warning and leaves the browser with a new, empty one.
    pub async fn kill_tab(&self) -> Outcome {
        let doomed = self.tab().await?;
        let rest = self.open_tab().await?;
        self.switch_to(&doomed).await?;
        self.driver.close_window().await?;
        self.switch_to(&rest).await
    }

    /// Pulls the network cable of this browser, or puts it back. The page is told as by a real browser.
    pub async fn set_online(&self, online: bool) -> Outcome {
        self.proxy.set_online(online);
        let conditions =
            json!({ "offline": !online, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.cdp("Network.enable", json!({})).await?;
        self.cdp("Network.emulateNetworkConditions", conditions).await?;
        Ok(())
    }

    /// Sends a command of the Chrome DevTools Protocol to the tab in front.
    pub async fn cdp(&self, method: &str, parameters: serde_json::Value) -> Outcome<serde_json::Value> {
        Ok(self.driver.cdp().send_raw(method, parameters).await?)
    }

    /// Says yes or no for the person when the page asks for a device: `camera` or `microphone`.
    pub async fn allow(&self, device: &str, allowed: bool) -> Outcome {
        let setting = if allowed { "granted" } else { "denied" };
        let answer = json!({ "permission": { "name": device }, "setting": setting });
        self.cdp("Browser.setPermission", answer).await?;
        Ok(())
    }

    /// Runs a script in the page; `arguments` are its arguments.
    pub async fn script(
        &self,
        script: &str,
        arguments: Vec<serde_json::Value>,
    ) -> Outcome<serde_json::Value> {
        Ok(self.driver.execute(script, arguments).await?.json().clone())
    }

    /// Runs the body of an async function in the page and waits for what it returns.
    pub async fn async_script(&self, body: &str) -> Outcome<serde_json::Value> {
        self.async_script_with(body, vec![]).await
    }

    /// The same with arguments.
    pub async fn async_script_with(
        &self,
        body: &str,
        arguments: Vec<serde_json::Value>,
    ) -> Outcome<serde_json::Value> {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async function () {{ {body} }})(...arguments).then(done, (error) => done({{ error: String(error) }}));"
        );
        Ok(self.driver.execute_async(script, arguments).await?.json().clone())
    }

    /// Lines in the console since the last call: messages, warnings, errors of page and workers.
    pub async fn console(&self) -> Outcome<Vec<String>> {
        let line = |entry: BrowserLogEntry| format!("{}: {}", entry.level, entry.message);
        Ok(self.driver.browser_log().await?.into_iter().map(line).collect())
    }

    /// Saves what is seen now as `target/screens/<name>.png`.
    pub async fn screenshot(&self, name: &str) -> Outcome {
        let folder = stage::project("target/screens");
        std::fs::create_dir_all(&folder)?;
        Ok(self.driver.screenshot(&folder.join(Path::new(name).with_extension("png"))).await?)
    }

    /// Makes the light or dark colours of the system the wished ones.
    pub async fn set_dark(&self, dark: bool) -> Outcome {
        let value = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.cdp("Emulation.setEmulatedMedia", features).await?;
        Ok(())
    }

    /// Gives the page another size, in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) -> Outcome {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 640 });
        self.cdp("Emulation.setDeviceMetricsOverride", size).await?;
        Ok(())
    }

    /// Ends the browser.
    pub async fn quit(self) -> Outcome {
        Ok(self.driver.quit().await?)
    }

    async fn prepare_tab(&self) -> Outcome {
        if !self.setup.shared_worker {
            let script = json!({ "source": "delete self.SharedWorker;" });
            self.cdp("Page.enable", json!({})).await?;
            self.cdp("Page.addScriptToEvaluateOnNewDocument", script).await?;
        }
        if self.setup.dark { self.set_dark(true).await } else { Ok(()) }
    }
}

/// A browser that talks to nobody by itself.
const ARGUMENTS: [&str; 19] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    // Where the browser itself would ask, nobody listens: none of it leaves through the proxy.
    "--gaia-url=http://127.0.0.1:9",
    "--disable-field-trial-config",
    "--disable-features=NetworkTimeServiceQuerying,OptimizationHints,MediaRouter,Translate,\
     AutofillServerCommunication,DialMediaRouteProvider,CertificateTransparencyComponentUpdater",
    "--force-prefers-reduced-motion",
    "--metrics-recording-only",
];
