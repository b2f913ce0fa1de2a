// Starts the page. A file of its own, so that the content security policy needs no exception.

const root = document.documentElement;

// Before anything is drawn: the look that was chosen here.
for (const name of ["theme", "accent", "text"]) {
  try {
    const choice = localStorage.getItem(name);
    if (choice) root.dataset[name] = choice;
  } catch {
    // No storage, no choices: the defaults are fine.
  }
}

const needs = {
  "WebAssembly": () => typeof WebAssembly === "object",
  "workers": () => typeof Worker === "function",
  "IndexedDB": () => typeof indexedDB === "object" && indexedDB !== null,
  "a secure connection (https)": () => isSecureContext,
  "Web Locks": () => !isSecureContext || "locks" in navigator,
  "dialogs": () => typeof HTMLDialogElement === "function",
  "BroadcastChannel": () => typeof BroadcastChannel === "function",
};

function lacking(check) {
  try {
    return !check();
  } catch {
    return true;
  }
}

async function start() {
  const missing = Object.keys(needs).filter((name) => lacking(needs[name]));
  if (missing.length > 0) {
    document.getElementById("lacks").textContent = missing.join(", ");
    document.getElementById("too-old").hidden = false;
    return;
  }
  const script = document.querySelector("link[rel=modulepreload]").href;
  const module = document.querySelector("link[rel=preload][as=fetch]").href;
  try {
    const page = await import(script);
    await page.default({ module_or_path: module });
  } catch (error) {
    document.getElementById("not-loaded").hidden = false;
    throw error;
  }
}

start();
