//! What each command does.

mod account;
mod conversations;
mod delete;
mod files;
mod messages;
mod names;
mod phrase;
mod reactions;
mod settings;

use std::rc::Rc;

use sotto_api::{Bytes, Command, DeleteScope, Event, Failure, Reply};

use self::messages::Part;
use crate::{
    engine::Engine,
    inbox,
    platform::Platform,
    search::{self, Query},
    session::Session,
    tabs::TabId,
};

impl<P: Platform> Engine<P> {
    /// Does what a tab asks.
    pub(crate) async fn dispatch(&self, tab: TabId, command: Command) -> Result<Reply, Failure> {
        match command {
            Command::Phase => Ok(Reply::Phase(self.phase())),
            Command::CheckPhrase(text) => Ok(Reply::PhraseCheck(phrase::check(&text))),
            Command::CompleteWord(text) => Ok(Reply::Words(phrase::complete(&text))),
            Command::Attention { conversation, active } => {
                self.tabs.look(tab, conversation, active);
                Ok(Reply::Done)
            }
            Command::CreateAccount { display_name, lock } => {
                done(self.create_account(&display_name, lock).await)
            }
            Command::RestoreAccount { phrase, display_name, lock } => {
                done(self.restore_account(&phrase, display_name.as_deref(), lock).await)
            }
            Command::Unlock(passphrase) => done(self.unlock(&passphrase).await),
            Command::LockNow => done(self.lock_now().await),
            Command::SignOut => done(self.sign_out().await),
            other => with_account(&*self.session()?, other).await,
        }
    }

    fn session(&self) -> Result<Rc<Session<P>>, Failure> {
        self.stage.borrow().session().ok_or(Failure::NotReady)
    }
}

async fn with_account<P: Platform>(session: &Session<P>, command: Command) -> Result<Reply, Failure> {
    match command {
        Command::Profile => Ok(Reply::Profile(session.profile_view())),
        Command::SetDisplayName(name) => done(account::set_display_name(session, &name).await),
        Command::SetPicture(id) => done(crate::files::picture::set(session, id).await),
        Command::RemovePicture => done(crate::files::picture::remove(session).await),
        Command::RecoveryPassword => Ok(Reply::RecoveryPassword(account::recovery_password(session))),
        Command::RecoveryPasswordSaved => done(account::recovery_saved(session).await),
        Command::Conversations => Ok(Reply::Conversations(conversations::list(session))),
        Command::OpenConversation { account_id } => {
            conversations::open(session, &account_id).map(Reply::Conversation)
        }
        Command::ResolveName { name } => names::resolve(session, &name).await.map(Reply::AccountId),
        Command::Conversation(id) => conversations::view(session, id).map(Reply::Conversation),
        Command::Messages { conversation, before, limit } => {
            messages::page(session, conversation, Part::Before(before), limit).await.map(Reply::Messages)
        }
        Command::MessagesAround { conversation, place, limit } => {
            messages::page(session, conversation, Part::Around(place), limit).await.map(Reply::Messages)
        }
        Command::MessagesAfter { conversation, after, limit } => {
            messages::page(session, conversation, Part::After(after), limit).await.map(Reply::Messages)
        }
        Command::MessageDetails(id) => messages::details(session, id).await.map(Reply::Details),
        Command::Reply { to, text } => messages::reply(session, to, &text).await.map(Reply::Sent),
        Command::React { message, emoji, add } => done(reactions::react(session, message, &emoji, add).await),
        Command::SendText { conversation, text } => {
            messages::send(session, conversation, &text).await.map(Reply::Sent)
        }
        Command::BeginFile(file) => files::begin(session, file).await.map(Reply::File),
        Command::AddPart { file, bytes } => done(crate::files::add(session, file, &bytes.0).await),
        Command::DropFile(id) => done(files::drop_file(session, id).await),
        Command::SendFiles { conversation, text, files, to } => {
            files::send(session, conversation, &text, &files, to).await.map(Reply::Sent)
        }
        Command::LoadFile { message, file } => done(files::load(session, message, file).await),
        Command::CancelFile { message, file } => done(files::cancel(session, message, file).await),
        Command::ReadFile { file, part } => {
            let mut bytes = crate::files::part(session, file, part).await?;
            Ok(Reply::Part(Bytes(std::mem::take(&mut bytes))))
        }
        Command::DescribeFile { message, file, preview, duration_ms, dimensions } => {
            done(files::describe(session, message, file, preview, duration_ms, dimensions).await)
        }
        Command::Retry(id) => done(messages::retry(session, id).await),
        Command::DeleteHere(id) => done(delete::delete(session, &[id], DeleteScope::Here).await),
        Command::Delete { messages, scope } => done(delete::delete(session, &messages, scope).await),
        Command::ClearConversation { conversation, swarm } => {
            done(delete::clear(session, conversation, swarm).await)
        }
        Command::ClearAll => done(delete::clear_all(session).await),
        Command::MarkRead(id) => done(conversations::mark_read(session, id).await),
        Command::MarkUnread(id) => done(settings::mark_unread(session, id).await),
        Command::Pin { conversation, pinned } => done(settings::pin(session, conversation, pinned).await),
        Command::Mute { conversation, until_ms } => {
            done(settings::mute(session, conversation, until_ms).await)
        }
        Command::Archive { conversation, archived } => {
            done(settings::archive(session, conversation, archived).await)
        }
        Command::SetTimer { conversation, timer } => {
            done(settings::set_timer(session, conversation, timer).await)
        }
        Command::SetAutoLoad { conversation, load } => {
            done(settings::set_auto_load(session, conversation, load).await)
        }
        Command::Settings => Ok(Reply::Settings(session.state.borrow().account.settings())),
        Command::SetSettings(settings) => done(settings::set(session, settings).await),
        Command::Typing { conversation, typing } => {
            session.typing.said(session, conversation, typing);
            Ok(Reply::Done)
        }
        Command::Search { query, conversation, limit, before_ms } => {
            let query = Query { text: &query, conversation, limit, before_ms };
            search::find(session, query).await.map(Reply::Found)
        }
        Command::SaveDraft { conversation, text } => {
            done(conversations::save_draft(session, conversation, text).await)
        }
        Command::SetNickname { conversation, nickname } => {
            done(conversations::set_nickname(session, conversation, &nickname).await)
        }
        Command::Accept(id) => done(conversations::accept(session, id).await),
        Command::Decline(id) => done(conversations::decline(session, id).await),
        Command::DeclineAll => done(conversations::decline_all(session).await),
        Command::Block(id) => done(conversations::set_blocked(session, id, true).await),
        Command::Unblock(id) => done(conversations::set_blocked(session, id, false).await),
        Command::DeleteConversation(id) => done(conversations::delete(session, id).await),
        Command::Online(online) => {
            session.network.set_online(online);
            if online {
                session.recovered.notify();
                session.outbox_changed.notify();
            }
            Ok(Reply::Done)
        }
        Command::Network => Ok(Reply::Network(session.network_view())),
        Command::NewPath => {
            session.network.rebuild_paths().await;
            Ok(Reply::Done)
        }
        Command::PollNow => {
            inbox::poll(session).await?;
            session.tell(&Event::Network(session.network_view()));
            Ok(Reply::Done)
        }
        // Those that need no open account were answered before.
        _ => Err(Failure::Internal),
    }
}

fn done(result: Result<(), Failure>) -> Result<Reply, Failure> {
    result.map(|()| Reply::Done)
}
