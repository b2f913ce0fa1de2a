use leptos::prelude::*;

use super::spinner::Spinner;
use crate::{
    device::qr::{self, Drawing, QrError},
    i18n::t,
};

/// A text as QR code. It is dark on white in both themes: many scanners take nothing else.
#[component]
pub fn QrCode(
    /// What the code holds.
    text: String,
    /// What a screen reader says.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let drawn = RwSignal::new(None::<Result<Drawing, QrError>>);
    leptos::task::spawn_local(async move {
        let drawing = qr::draw(&text).await;
        // The screen may be gone by now.
        let _ = drawn.try_set(Some(drawing));
    });
    view! {
        <div class="qr-code" data-testid="qr-code">
            {move || match drawn.get() {
                None => {
                    view! {
                        <p class="waiting" role="status">
                            <Spinner />
                            {t::qr::drawing()}
                        </p>
                    }
                        .into_any()
                }
                Some(Ok(Drawing { size, path })) => {
                    view! {
                        <svg
                            role="img"
                            aria-label=label.clone()
                            viewBox=format!("0 0 {size} {size}")
                            shape-rendering="crispEdges"
                        >
                            <path d=path />
                        </svg>
                    }
                        .into_any()
                }
                Some(Err(_)) => {
                    view! { <p class="error" role="alert">{t::qr::draw_failed()}</p> }.into_any()
                }
            }}
        </div>
    }
}
