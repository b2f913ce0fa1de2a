use leptos::prelude::*;

use super::appearance::Choice;
use crate::{
    components::switch::Switch,
    device::{
        chime,
        notices::{self, Permission},
    },
    i18n::t,
    once,
    state::{preferences::Detail, use_state},
};

/// When and how to tell of new messages.
#[component]
pub fn Notifications() -> impl IntoView {
    let preferences = use_state().preferences;
    let allowed = RwSignal::new(notices::permission());
    // What the browser does not allow is not on, whatever was chosen here.
    let on =
        RwSignal::new(preferences.notify.get_untracked() && allowed.get_untracked() == Permission::Granted);
    Effect::new(move |before: Option<bool>| {
        let wanted = on.get();
        if before.is_none_or(|before| before == wanted) {
            return wanted;
        }
        preferences.notify.set(wanted);
        if wanted {
            leptos::task::spawn_local(async move {
                let answer = notices::ask().await;
                let _ = allowed.try_set(answer);
                if answer != Permission::Granted {
                    let _ = on.try_set(false);
                }
            });
        }
        wanted
    });
    let problem = once::memo(move || match allowed.get() {
        Permission::Unsupported => Some(t::notify::unsupported()),
        Permission::Denied => Some(t::notify::denied()),
        Permission::NotAsked | Permission::Granted => None,
    });
    let details = Detail::ALL
        .iter()
        .map(|&detail| {
            let name = match detail {
                Detail::Text => t::notify::detail_text(),
                Detail::Name => t::notify::detail_name(),
                Detail::Nothing => t::notify::detail_nothing(),
            };
            (detail, format!("detail-{}", detail.name()), name.into_any())
        })
        .collect();
    Effect::new(move |before: Option<bool>| {
        let wanted = preferences.sound.get();
        if before == Some(false) && wanted {
            chime::play();
        }
        wanted
    });
    view! {
        <section>
            <Switch on=on label=t::notify::switch() hint=t::notify::switch_hint() testid="notify" />
            {move || {
                problem.get().map(|line| view! { <p class="hint" role="alert" data-testid="notify-problem">{line}</p> })
            }}
        </section>
        <section>
            <Choice value=preferences.detail label=t::notify::detail() class="thirds" options=details />
            <p class="hint">{t::notify::detail_hint()}</p>
        </section>
        <section>
            <Switch on=preferences.sound label=t::notify::sound() hint=t::notify::sound_hint() testid="sound" />
        </section>
        <section>
            <h2>{t::notify::without_push()}</h2>
            <p class="hint">{t::notify::without_push_hint()}</p>
        </section>
    }
}
